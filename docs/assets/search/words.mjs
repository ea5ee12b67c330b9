// Words of everyday speech, which tell little of what is looked for.

/** How people ask: told nothing by, left out. */
export const ASKING = new RegExp(
  "怎么回事|怎么解决|怎么处理|如何解决|怎么办|怎么样|怎么|怎样|咋办|咋|如何|为什么|为啥|为何|什么意思|啥意思|什么是|是什么|是啥|什么|啥|请问|请教|求助|求解|哪些|哪个|哪种|哪里|哪儿|哪|" +
  "多少|有没有|能不能|可不可以|可以吗|要不要|会不会|是不是|需不需要|行不行|该不该|应该|到底|究竟|有什么用|有何用|干嘛的?|干什么的?|做什么用|作用是|意思|含义|区别|不同点|差别|时候|一下|求推荐|[的吗呢吧啊嘛呀]",
  "g",
);

/** English words without which a sentence says the same. */
export const SMALL = new Set("a an and are as at be been but by can do does for from had has have how i in is it its me my not of on or so that the this to vs was what when where which why will with you your".split(" "));

/** Characters that tell little by themselves. */
export const LOOSE = "了是在和与及或要用把被让从到对就都也还没有不会能给前后里上下中这那个些一再又去来做写看加但很太更最才只则而之于所以为其各得着过起出设取改变算跟比该时后等";

/** Words that may be said of anything; those of loose characters alone are so by themselves. */
export const VAGUE = new Set(
  (
    "计算 方法 问题 使用 教程 例子 代码 实现 原理 介绍 公式 详解 入门 学习 总结 笔记 前面 后面 需要 可以 结构 步骤 过程 作用 用法 用途 情况 办法 技巧 说明 解释 理解 讲解 推导 定义 概念 基础 完整 简单 示例 案例 " +
    "无法 不同 不一样 一样 一直 总是 老是 突然 正常 出现 显示 提示 遇到 变成 设置 设成 设多 修改 调整 改成 添加 增加 减少 查看 解决 处理 选择 进行 获取 生成 变化 多大 多久 多长 多高 很多 太大 太小 太慢 太多 很大 很小 很慢 " +
    "自己 别人 现在 目前 今天 最新 最近 好用 有效 里面 外面 上面 下面 关系 联系 比较 效果 结果 如果 因为 一张 两个 三个 几个 每个 全部 部分 直接 一定 必须 应当 大概 差不多 tips tricks tutorial guide crash bug"
  ).split(" "),
);
