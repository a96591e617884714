using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Marking;

namespace HeapDrift.Profiling.Tests.Marking;

/// <summary>The runtime's shared lists (<see cref="SharedLists"/>), marked as <see cref="RetentionWalk"/> does.</summary>
public sealed class MarkedListTests
{
    private const string Timer = "System.Threading.TimerQueueTimer";
    private const string Queue = "System.Threading.TimerQueue";

    [Theory]
    [InlineData(1, false)]
    [InlineData(4, true)]
    public void WhoKeepsItsOwnTimerDoesNotHoldEverybodysTimers(int threads, bool copied)
    {
        FakeHeap heap = Timers(101, out ulong[] timers);
        heap.Static("Shop.Clock.Own", heap.New(heap.Class("Shop.Clock", 1, 0), timers[50]));
        AddQueue(heap, timers[0]);

        MarkResult result = heap.Mark(threads, copied);

        RetentionNode[] reminders = [.. NodesOf(result, "Shop.Reminder").OrderBy(node => node.Objects)];
        Assert.Equal([1, 100], reminders.Select(node => node.Objects));
        Assert.Equal(Queue, HolderOf(result, HolderOf(result, reminders[1])).Step.Name);
        Assert.Equal("Shop.Clock", HolderOf(result, HolderOf(result, reminders[0])).Step.Name);
    }

    /// <summary>Each timer refers to its queue, which would lead to all others.</summary>
    [Fact]
    public void WhoKeepsItsOwnTimerDoesNotHoldItsQueueEither()
    {
        var heap = new FakeHeap();
        FakeType reminder = heap.Class("Shop.Reminder", 1);
        FakeType timer = heap.Class(Timer, 3, 0, 1, 2);
        ulong queue = heap.New(heap.Class(Queue, 1, 0), 0);
        ulong[] timers = [.. Enumerable.Range(0, 10).Select(_ => heap.New(timer, 0, heap.New(reminder), queue))];
        for (int at = 1; at < timers.Length; at++)
        {
            heap.Link(timers[at - 1], 0, timers[at]);
        }

        heap.Link(queue, 0, timers[0]);
        heap.Static("Shop.Clock.Own", heap.New(heap.Class("Shop.Clock", 1, 0), timers[5]));
        heap.Root(RootKind.Waiting, "static System.Threading.TimerQueue.Instances", heap.New(heap.ArrayOfReferences("System.Threading.TimerQueue[]"), queue));

        MarkResult result = heap.Mark();

        Assert.Equal([1, 9], NodesOf(result, "Shop.Reminder").Select(node => node.Objects).Order());
        Assert.Equal("System.Threading.TimerQueue[]", HolderOf(result, Assert.Single(NodesOf(result, Queue))).Step.Name);
    }

    [Fact]
    public void WithoutTheirQueueTimersHoldNoOtherTimers()
    {
        FakeHeap heap = Timers(10, out ulong[] timers);
        heap.Static("Shop.Clock.Own", heap.New(heap.Class("Shop.Clock", 1, 0), timers[5]));

        MarkResult result = heap.Mark();

        Assert.Equal((1, 1), (result.ObjectsOf(Timer), result.ObjectsOf("Shop.Reminder")));
    }

    [Fact]
    public void TheListGoesOnBehindATimerThatSomebodyElseHolds()
    {
        // Every second timer has a holder of its own, nearer than the queue.
        FakeHeap heap = Timers(20, out ulong[] timers);
        FakeType clock = heap.Class("Shop.Clock", 1, 0);
        for (int at = 1; at < timers.Length; at += 2)
        {
            heap.Static($"Shop.Clock{at}", heap.New(clock, timers[at]));
        }

        AddQueue(heap, timers[0]);
        MarkResult result = heap.Mark();

        Assert.Equal(20, result.ObjectsOf("Shop.Reminder"));
        Assert.Equal(10, Assert.Single(NodesOf(result, Timer), node => HolderOf(result, node).Step.Name == Queue).Objects);
        Assert.Equal(10, NodesOf(result, Timer).Count(node => HolderOf(result, node).Step.Name == "Shop.Clock"));
    }

    [Fact]
    public void AListThatClosesACircleEnds()
    {
        FakeHeap heap = Timers(5, out ulong[] timers);
        heap.Link(timers[4], 0, timers[0]);
        AddQueue(heap, timers[0]);

        Assert.Equal(5, heap.Mark().ObjectsOf(Timer));
    }

    [Fact]
    public void AListWithInvalidLinksIsWalkedAsFarAsItGoes()
    {
        FakeHeap heap = Timers(4, out ulong[] timers);
        heap.Link(timers[1], 1, 0x1234_5670);
        heap.Link(timers[2], 1, timers[0] + 16);
        heap.Link(timers[2], 0, timers[0] + 4);
        AddQueue(heap, timers[0]);

        MarkResult result = heap.Mark();

        // The second timer's link ahead leads nowhere, so that nobody finds the others.
        Assert.Equal((2, 1), (result.ObjectsOf(Timer), result.InvalidReferences));
    }

    [Fact]
    public void ASegmentMayBeFullOfTimersThatSomebodyElseHolds()
    {
        // Three timers with two fields, their queue, and two arrays that hold all of them and nothing else.
        var heap = new FakeHeap();
        heap.Segment(FakeHeap.Start, (3 * 32) + 24 + 32 + (24 + (3 * 8)));
        FakeType timer = heap.Class(Timer, 2, 0, 1);
        ulong[] timers = [heap.New(timer), heap.New(timer), heap.New(timer)];
        heap.Link(timers[0], 1, timers[1]);
        heap.Link(timers[1], 1, timers[2]);
        heap.Static("Shop.Timers", heap.New(heap.ArrayOfReferences("System.Object[]"), timers));
        AddQueue(heap, timers[0]);

        MarkResult result = heap.Mark();

        Assert.Equal((6, 0), (result.Objects(), result.InvalidObjects));
    }

    [Fact]
    public void ATimerHeldByItsListMayBeTheKeyOfADependentHandle()
    {
        FakeHeap heap = Timers(3, out ulong[] timers);
        heap.Depend(timers[1], heap.New(heap.Class("Shop.Value", 1)));
        AddQueue(heap, timers[0]);

        Assert.Equal([Queue, Timer, "Shop.Value"], heap.Mark().PathTo("Shop.Value")[^3..]);
    }

    /// <summary>Timers with previous, next and a reminder, linked both ways.</summary>
    private static FakeHeap Timers(int count, out ulong[] timers)
    {
        var heap = new FakeHeap();
        FakeType reminder = heap.Class("Shop.Reminder", 1);
        FakeType timer = heap.Class(Timer, 4, 0, 1, 3);
        timers = [.. Enumerable.Range(0, count).Select(_ => heap.New(timer, 0, 0, heap.New(reminder)))];
        for (int at = 1; at < count; at++)
        {
            heap.Link(timers[at], 0, timers[at - 1]);
            heap.Link(timers[at - 1], 1, timers[at]);
        }

        return heap;
    }

    private static void AddQueue(FakeHeap heap, ulong first)
    {
        ulong queue = heap.New(heap.Class(Queue, 1, 0), first);
        heap.Static("System.Threading.TimerQueue.Instances", heap.New(heap.ArrayOfReferences("System.Threading.TimerQueue[]"), queue));
    }

    private static IEnumerable<RetentionNode> NodesOf(MarkResult result, string type) => result.Retention.Nodes.Where(node => node.Step.Name == type && node.Objects > 0);

    private static RetentionNode HolderOf(MarkResult result, RetentionNode node) => result.Retention.Nodes[node.Parent];
}
