// What the kernel is compared with in the test run, and over how many random cases: the tests take their numbers from here.
export const CHECKED = {
  "convolution": {"reference": "PyTorch 2.13.0 的卷积、转置卷积和池化", "cases": 4000},
  "average-precision": {"reference": "pycocotools 2.0.11 与 py-faster-rcnn 的规则", "cases": 2000},
  "roi": {"reference": "torchvision 0.29.1 编译的算子", "cases": 2000},
  "merging": {"reference": "torchvision 0.29.1 与 ensemble-boxes 1.0.9", "cases": 1000},
  "scales": {"reference": "mmcv 2.2.0、torchvision 0.29.1 与 detectron2 的规则", "cases": 3000},
  "schedules": {"reference": "mmengine 0.10.7 与 PyTorch 2.13.0 的调度器", "cases": 1000},
  "network": {"reference": "PyTorch 2.13.0 里同一个网络的形状与参数", "cases": 1000},
  "autograd": {"reference": "PyTorch 2.13.0 跑同一段程序的输出与报错", "cases": 1000}
};
