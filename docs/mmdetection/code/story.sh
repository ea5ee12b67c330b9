# 玩具故事，从第一条命令到最后一条：在一个空文件夹里逐段执行，旁边要有本站仓库的 docs。
# make test-clean 就是照这份跑的，跑出来的话记在 story.txt。

# --8<-- [start:environment]
python3 -m venv .venv
. .venv/bin/activate
pip install 'setuptools>=77.0.3,<82' mmengine-lite==0.10.7 packaging opencv-python-headless matplotlib mmdet==3.3.0
pip install torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu
pip install --no-deps mmcv-lite==2.1.0
# --8<-- [end:environment]

# --8<-- [start:files]
mkdir toy
cp docs/mmdetection/code/*.py toy/
cd toy
cp toy_mmcv_ext.py "$(python -c 'import mmcv; print(mmcv.__path__[0])')/_ext.py"
TOOLS="$(python -c 'import mmdet; print(mmdet.__path__[0])')/.mim/tools"
# --8<-- [end:files]

# --8<-- [start:data]
python make_toy_data.py data/toy
# --8<-- [end:data]

# --8<-- [start:train]
export OMP_NUM_THREADS=1
python "$TOOLS/train.py" toy_retinanet.py
# --8<-- [end:train]

# --8<-- [start:strip]
python strip_checkpoint.py work_dirs/toy_retinanet/epoch_12.pth work_dirs/toy_retinanet/weights.pth
# --8<-- [end:strip]

# --8<-- [start:test]
python "$TOOLS/test.py" toy_retinanet.py work_dirs/toy_retinanet/weights.pth --show-dir vis
# --8<-- [end:test]

# --8<-- [start:resume]
python "$TOOLS/train.py" toy_retinanet.py --work-dir work_dirs/resumed --cfg-options train_cfg.max_epochs=4
TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD=1 python "$TOOLS/train.py" toy_retinanet.py --work-dir work_dirs/resumed --resume
# --8<-- [end:resume]

# --8<-- [start:tta]
python "$TOOLS/test.py" toy_retinanet.py work_dirs/toy_retinanet/weights.pth --tta
# --8<-- [end:tta]

# --8<-- [start:inherited]
python make_toy_data.py data/few --train 1 --val 4 > few.txt
python "$TOOLS/test.py" toy_inherited_tta.py work_dirs/toy_retinanet/weights.pth
python "$TOOLS/test.py" toy_inherited_tta.py work_dirs/toy_retinanet/weights.pth --tta
# --8<-- [end:inherited]

# --8<-- [start:operators]
python "$TOOLS/train.py" toy_faster_rcnn.py 2>&1 | tail -n 1
# --8<-- [end:operators]

# --8<-- [start:infer]
python infer_picture.py toy_retinanet.py work_dirs/toy_retinanet/weights.pth data/toy/val/000001.jpg
# --8<-- [end:infer]

# --8<-- [start:own]
python make_own_data.py data/mine
python labels_to_coco.py labelme data/mine/train data/mine/train.json --classes wide tall ball
python labels_to_coco.py labelme data/mine/val data/mine/val.json --classes wide tall ball
# --8<-- [end:own]

# --8<-- [start:yolo]
python labels_to_coco.py yolo data/mine/train yolo.json --labels data/mine/yolo/train --classes wide tall ball
# --8<-- [end:yolo]

# --8<-- [start:voc]
python "$TOOLS/train.py" toy_retinanet_voc.py
# --8<-- [end:voc]

# --8<-- [start:scratch]
python "$TOOLS/train.py" toy_mine_scratch.py
# --8<-- [end:scratch]

# --8<-- [start:finetune]
python "$TOOLS/train.py" toy_finetune.py
# --8<-- [end:finetune]

# --8<-- [start:loaded]
python "$TOOLS/train.py" toy_mine_scratch.py --work-dir work_dirs/loaded --cfg-options load_from=work_dirs/toy_retinanet/weights.pth
# --8<-- [end:loaded]

# --8<-- [start:curves]
pip install seaborn
python "$TOOLS/analysis_tools/analyze_logs.py" plot_curve work_dirs/toy_retinanet/*/vis_data/scalars.json --keys loss_cls loss_bbox --out loss.png
python "$TOOLS/analysis_tools/analyze_logs.py" plot_curve work_dirs/toy_retinanet/*/vis_data/scalars.json --keys bbox_mAP --eval-interval 4 --out map.png
# --8<-- [end:curves]

# --8<-- [start:names]
python class_names.py
# --8<-- [end:names]

# --8<-- [start:count]
python count_boxes.py toy_finetune.py
# --8<-- [end:count]

# --8<-- [start:translated]
python translate_config.py toy_retinanet_2x.py --write toy_translated.py
python "$TOOLS/train.py" toy_translated.py --cfg-options train_cfg.max_epochs=1 train_dataloader.dataset.indices=8 val_dataloader.dataset.indices=2 default_hooks.logger.interval=1
# --8<-- [end:translated]

# --8<-- [start:errors]
python provoke_errors.py
# --8<-- [end:errors]
