# 同样的三类、同样的轮数，但从零开始：给微调作对照。
_base_ = "./toy_finetune.py"

load_from = None
model = dict(backbone=dict(frozen_stages=-1, norm_eval=False))
optim_wrapper = dict(optimizer=dict(lr=0.01))
