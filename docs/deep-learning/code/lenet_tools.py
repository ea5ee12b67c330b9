"""要画 LeNet-5，四个画图工具里各填什么：它们都不算尺寸，由这里算。"""

from lenet_layers import layers

net = layers()
maps, vectors = [layer for layer in net if layer.size > 1], [layer for layer in net if layer.size == 1]
ENGLISH = {"卷积": "Convolution", "下采样": "Subsampling", "全连接": "Full connection", "RBF": "Gaussian connection"}

# --8<-- [start:nn-svg]
print("张数  高  宽  核高 核宽  Op")
for layer, following in zip(net, net[1:]):
    if layer.size > 1:
        row = (layer.maps, layer.size, layer.size, following.kernel, following.kernel)
        print("".join(f"{number:>4}" for number in row), "", ENGLISH[following.kind])
print("Vector Length:", *(layer.maps for layer in vectors))
# --8<-- [end:nn-svg]

# --8<-- [start:convnetdraw]
COMMANDS = {"灰度图": "input", "卷积": "conv", "下采样": "pool", "全连接": "fullyconn", "RBF": "softmax"}
for layer in net:
    print(f"{COMMANDS[layer.kind]}({layer.size}, {layer.size}, {layer.maps})")
# --8<-- [end:convnetdraw]

# --8<-- [start:draw-convnet]
steps = [following for layer, following in zip(net, net[1:]) if layer.size > 1]
print("# conv layers")
print("size_list =", [(layer.size, layer.size) for layer in maps])
print("num_list =", [layer.maps for layer in maps])
print("# in between layers")
print("patch_size_list =", [(step.kernel, step.kernel) for step in steps[:-1]])
print("text_list =", [ENGLISH[step.kind] for step in steps[:-1]])
print("# fully connected layers (text_list: the last one)")
print("num_list =", [layer.maps for layer in vectors])
print("text_list =", [ENGLISH[layer.kind].replace(" ", "\n") for layer in vectors])
# --8<-- [end:draw-convnet]

# --8<-- [start:plotneuralnet]
print("import sys")
print('sys.path.append("..")')
print("from pycore.tikzeng import *")
print('arch = [to_head(".."), to_cor(), to_begin(),')
before = "(0,0,0)"
for index, layer in enumerate(net):
    offset = "(1.5,0,0)" if index else "(0,0,0)"
    width, side = max(layer.maps // 4, 1), max(layer.size, 2)  # 画出来的宽和边长，工具自己的单位
    print(f'    to_Conv("layer{index}", {layer.size}, {layer.maps}, "{offset}", "{before}", {width}, {side}, {side}),')
    before = f"(layer{index}-east)"
for index in range(len(net) - 1):
    print(f'    to_connection("layer{index}", "layer{index + 1}"),')
print("    to_end()]")
print('to_generate(arch, "lenet.tex")')
# --8<-- [end:plotneuralnet]

try:
    # --8<-- [start:too-small-error]
    layers(size=12)
    # --8<-- [end:too-small-error]
except ValueError as error:
    print(f"ValueError: {error}")
