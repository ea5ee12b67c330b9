"""用普通 Python 写一个带钩子的训练循环，再从源码读出 MMDetection 默认的钩子。不要 torch。"""

# --8<-- [start:loop]
class Hook:
    priority = 50  # 数小的先执行

    def before_train(self, runner): ...
    def before_train_epoch(self, runner): ...
    def before_train_iter(self, runner): ...
    def after_train_iter(self, runner): ...
    def after_train_epoch(self, runner): ...
    def after_train(self, runner): ...


class Runner:
    """循环自己不管日志、存盘和学习率，只在固定的地方叫钩子。"""

    def __init__(self, epochs, batches, hooks):
        self.epochs, self.batches, self.epoch, self.iter = epochs, batches, 0, 0
        self.hooks = sorted(hooks, key=lambda hook: hook.priority)

    def call_hook(self, place):
        for hook in self.hooks:
            getattr(hook, place)(self)

    def train(self):
        self.call_hook("before_train")
        for self.epoch in range(self.epochs):
            self.call_hook("before_train_epoch")
            for _ in self.batches:
                self.call_hook("before_train_iter")
                ...  # 前向、反传、优化器走一步
                self.call_hook("after_train_iter")
                self.iter += 1  # 与 MMEngine 相同：第一步的钩子读到的还是 0
            self.call_hook("after_train_epoch")
        self.call_hook("after_train")
# --8<-- [end:loop]

# --8<-- [start:run]
class Saver(Hook):
    priority = 90

    def after_train_epoch(self, runner):
        print(f"第 {runner.epoch + 1} 轮完：存权重")


class Counter(Hook):
    def after_train_iter(self, runner):
        if (runner.iter + 1) % 2 == 0:
            print(f"第 {runner.iter + 1} 步：记日志")


Runner(epochs=2, batches=range(3), hooks=[Saver(), Counter()]).train()
# --8<-- [end:run]

# --8<-- [start:real]
import ast
from importlib.metadata import distribution

from mmengine import Config


def folder(package, inside):
    return distribution(package).locate_file(inside)


def classes(path):
    """类名 → 语法树里的类，文件夹里定义的都在内。"""
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in sorted(path.glob("*.py"))]
    return {node.name: node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)}


levels = {
    line.targets[0].id: line.value.value
    for line in classes(folder("mmengine-lite", "mmengine/runner"))["Priority"].body
    if isinstance(line, ast.Assign)
}
hooks = classes(folder("mmengine-lite", "mmengine/hooks")) | classes(folder("mmdet", "mmdet/engine/hooks"))


def priority(name):
    """类自己写的 ``priority = 'LOW'``；没写就随 Hook，是 NORMAL。"""
    for line in hooks[name].body:
        if isinstance(line, ast.Assign) and line.targets[0].id == "priority":
            return line.value.value
    return "NORMAL"


runtime = Config.fromfile(folder("mmdet", "mmdet/.mim/configs/_base_/default_runtime.py"))
print("| 数值 | 键 | 钩子 | 优先级 |\n| ---: | --- | --- | --- |")
rows = [(levels[priority(hook.type)], key, hook.type, priority(hook.type)) for key, hook in runtime.default_hooks.items()]
for level, key, name, word in sorted(rows, key=lambda row: row[0]):
    print(f"| {level} | `{key}` | `{name}` | {word} |")
# --8<-- [end:real]
