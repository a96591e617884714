using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Marking;

namespace HeapDrift.Profiling.Tests.Marking;

public sealed class PathTableTests
{
    [Fact]
    public void TheFirstTypeOnTheHeapItselfHasAPathOfItsOwn()
    {
        // A tree that is full gives new roots the node of the heap, 0; the first type has the number 0 as well.
        var heap = new FakeHeap();
        var tree = new RetentionTreeBuilder();
        var paths = new PathTable(tree);
        int other = paths.Alias(tree.Descend(RetentionTreeBuilder.Heap, tree.Intern(new PathStep("root", null, PathStepKind.Root))));
        var type = new TypeLayout(0, new PathStep("Shop.Item", null, PathStepKind.Type), GCDesc.TryRead(heap, heap.String.MethodTable)!, 0);

        Assert.NotEqual(other, paths.Of(RetentionTreeBuilder.Heap, type));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void TheHeapItselfIsTheLowestHolderOnceItsTreeIsFull(int ofFirstRoot, int ofLastRoot)
    {
        // With the heap's own there is one node too few, so that the last root joins the heap: its holder has node 0, the first one's node 1.
        var heap = new FakeHeap();
        ulong item = heap.New(heap.Class("Shop.Item", 1));
        FakeType holder = heap.Class("Shop.Holder", 1, 0);
        ulong filler = heap.NewArray(heap.String, 0);
        ulong[] holders = [heap.New(holder, item), heap.New(holder, item)];
        for (int root = 0; root < RetentionTreeBuilder.MostNodes; root++)
        {
            heap.Root(RootKind.Static, $"static {root:D6}", root == 0 ? holders[ofFirstRoot] : root == RetentionTreeBuilder.MostNodes - 1 ? holders[ofLastRoot] : filler);
        }

        MarkResult result = heap.Mark();

        // Its holder and the item.
        Assert.Equal(2, result.Retention.Nodes[0].Objects);
    }
}
