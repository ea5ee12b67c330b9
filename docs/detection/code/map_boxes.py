"""The worked example of the note on mAP: three images, five objects, seven detections of one class."""

# --8<-- [start:boxes]
TRUTHS = {  # image → boxes (x1, y1, x2, y2)
    1: [(10, 10, 50, 50), (60, 20, 100, 80)],
    2: [(20, 20, 80, 60), (100, 100, 140, 150)],
    3: [(30, 30, 90, 90)],
}
DETECTIONS = [  # (image, box, score)
    (1, (12, 12, 52, 52), 0.95),
    (3, (100, 10, 150, 60), 0.90),
    (2, (20, 25, 80, 65), 0.80),
    (1, (62, 20, 102, 78), 0.70),
    (1, (8, 8, 48, 48), 0.60),
    (2, (110, 130, 150, 180), 0.50),
    (3, (36, 30, 96, 90), 0.40),
]
# --8<-- [end:boxes]
