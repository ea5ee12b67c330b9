"""十行写一个注册器，再看 MMEngine 的。要 mmengine-lite，不要 torch。"""

# --8<-- [start:own]
class Shelf:
    """一张从名字查到类的表。"""

    def __init__(self):
        self.classes = {}

    def register(self, cls):  # 装饰器：按名字记下这个类，原样交回
        self.classes[cls.__name__] = cls
        return cls

    def build(self, config):
        arguments = dict(config)
        return self.classes[arguments.pop("type")](**arguments)


HEADS = Shelf()


@HEADS.register
class TinyHead:
    def __init__(self, num_classes):
        self.num_classes = num_classes


print(HEADS.build(dict(type="TinyHead", num_classes=2)).num_classes)
# --8<-- [end:own]

# --8<-- [start:mmengine]
from mmengine import Registry

MODELS = Registry("model", scope="toy")


@MODELS.register_module()
class Backbone:
    def __init__(self, depth):
        self.depth = depth


@MODELS.register_module()
class Detector:
    def __init__(self, backbone):
        self.backbone = MODELS.build(backbone)  # 部件自己造它的部件


detector = MODELS.build(dict(type="Detector", backbone=dict(type="Backbone", depth=50)))
print(type(detector).__name__, "里有一个", type(detector.backbone).__name__, "，深度", detector.backbone.depth)
# --8<-- [end:mmengine]

# --8<-- [start:missing-error]
MODELS.build(dict(type="Backbon", depth=50))
# --8<-- [end:missing-error]

# --8<-- [start:argument-error]
MODELS.build(dict(type="Backbone", deep=50))
# --8<-- [end:argument-error]
