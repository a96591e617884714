using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Tests.Heap;

public sealed class RetentionWalkTests
{
    [Fact]
    public void EveryObjectIsCountedOnExactlyOnePath()
    {
        var heap = new HeapSketch();
        int shared = heap.Add("Shop.Price");
        heap.Static("Shop.A.First", heap.Add("Shop.Holder", shared)).Static("Shop.B.Second", heap.Add("Shop.Holder", shared));

        RetentionTree tree = heap.Snapshot().Retention;

        Assert.Equal(3, tree.Nodes.Sum(node => node.Objects));
        Assert.Single(tree.Nodes, node => node.Step.Name == "Shop.Price");
    }

    [Fact]
    public void AStaticFieldClaimsWhatAStackRefersToAsWell()
    {
        var heap = new HeapSketch();
        int session = heap.Add("Shop.Session");
        int table = heap.Add("System.Object[]", session);
        heap.Root(RootKind.Stack, "stack of a thread", session).Static("Shop.Cache.Sessions", table);

        Assert.Equal(["static Shop.Cache.Sessions", "System.Object[]", "Shop.Session"], PathTo(heap, "Shop.Session"));
    }

    [Fact]
    public void WithinOneKindOfRootThePathIsTheShortest()
    {
        var heap = new HeapSketch();
        int item = heap.Add("Shop.Item");
        heap.Static("Shop.A.Long", heap.Add("Shop.One", heap.Add("Shop.Two", item))).Static("Shop.Z.Short", heap.Add("Shop.Direct", item));

        Assert.Equal(["static Shop.Z.Short", "Shop.Direct", "Shop.Item"], PathTo(heap, "Shop.Item"));
    }

    [Fact]
    public void ALinkedListIsOneNodeHoweverLong()
    {
        var heap = new HeapSketch();
        int next = heap.Add("Shop.Link");
        for (int at = 1; at < 1_000; at++)
        {
            next = heap.Add("Shop.Link", next);
        }

        RetentionTree tree = heap.Static("Shop.List.Head", next).Snapshot().Retention;

        // The heap, the static field and the links.
        Assert.Equal(3, tree.Nodes.Count);
        Assert.Equal(1_000, tree.Nodes[2].Objects);
    }

    [Fact]
    public void ACycleOfTwoTypesFoldsBackToWhereItBegan()
    {
        var heap = new HeapSketch();
        int parent = heap.Add("Shop.Parent");
        int child = heap.Add("Shop.Child");
        int grandParent = heap.Add("Shop.Parent", child);
        heap.Link(child, parent);

        RetentionTree tree = heap.Static("Shop.Root", grandParent).Snapshot().Retention;

        Assert.Equal(4, tree.Nodes.Count);
        Assert.Equal(2, tree.Nodes.Single(node => node.Step.Name == "Shop.Parent").Objects);
    }

    [Fact]
    public void TheValueOfADependentHandleHangsOnItsKey()
    {
        var heap = new HeapSketch();
        int key = heap.Add("Shop.Key");
        int value = heap.Add("Shop.Value");
        heap.Depend(key, value);

        Assert.Equal(["static Shop.Keys", "Shop.Key", "Shop.Value"], PathTo(heap.Static("Shop.Keys", key), "Shop.Value"));
    }

    [Fact]
    public void WhatNoReportedRootHoldsIsCountedAndSaidSo()
    {
        var heap = new HeapSketch();
        heap.Add("Shop.Orphan");

        Assert.Equal(["unreported root", "Shop.Orphan"], PathTo(heap, "Shop.Orphan"));
    }

    [Fact]
    public void TwoWalksOfOneHeapGiveTheSameTree()
    {
        var heap = new HeapSketch();
        int item = heap.Add("Shop.Item");
        heap.Static("Shop.B", heap.Add("Shop.Holder", item)).Static("Shop.A", heap.Add("Shop.Holder", item));

        Assert.Equal(heap.Snapshot().Retention.Nodes, heap.Snapshot().Retention.Nodes);
    }

    [Fact]
    public void WhoKeepsItsOwnTimerDoesNotHoldEverybodysTimers()
    {
        // head -> ... -> last, linked both ways; somebody with a short path has the one in the middle.
        var heap = new HeapSketch();
        int[] timers = [.. Enumerable.Range(0, 101).Select(_ => heap.Add("System.Threading.TimerQueueTimer", heap.Add("Shop.Reminder")))];
        for (int at = 1; at < timers.Length; at++)
        {
            heap.Link(timers[at - 1], timers[at]);
            heap.Link(timers[at], timers[at - 1]);
        }

        heap.Static("Shop.Clock.Own", heap.Add("Shop.Clock", timers[50]));
        heap.Static("System.Threading.TimerQueue.Instances", heap.Add("System.Threading.TimerQueue[]", heap.Add("System.Threading.TimerQueue", timers[0])));

        IReadOnlyList<RetentionNode> nodes = heap.Snapshot().Retention.Nodes;

        RetentionNode[] reminders = [.. nodes.Where(node => node.Step.Name == "Shop.Reminder").OrderBy(node => node.Objects)];
        Assert.Equal([1, 100], reminders.Select(node => node.Objects));
        Assert.Equal("System.Threading.TimerQueue", nodes[nodes[reminders[1].Parent].Parent].Step.Name);
    }

    /// <summary>Each timer refers to its queue, which would lead to all others.</summary>
    [Fact]
    public void WhoKeepsItsOwnTimerDoesNotHoldItsQueueEither()
    {
        var heap = new HeapSketch();
        int queue = heap.Add("System.Threading.TimerQueue");
        int[] timers = [.. Enumerable.Range(0, 10).Select(_ => heap.Add("System.Threading.TimerQueueTimer", heap.Add("Shop.Reminder"), queue))];
        for (int at = 1; at < timers.Length; at++)
        {
            heap.Link(timers[at - 1], timers[at]);
        }

        heap.Link(queue, timers[0]);
        heap.Static("Shop.Clock.Own", heap.Add("Shop.Clock", timers[5]));
        heap.Root(RootKind.Waiting, "static System.Threading.TimerQueue.Instances", heap.Add("System.Threading.TimerQueue[]", queue));

        IReadOnlyList<RetentionNode> nodes = heap.Snapshot().Retention.Nodes;

        Assert.Equal([1, 9], nodes.Where(node => node.Step.Name == "Shop.Reminder").Select(node => node.Objects).Order());
        Assert.Equal("System.Threading.TimerQueue[]", nodes[nodes.Single(node => node.Step.Name == "System.Threading.TimerQueue").Parent].Step.Name);
    }

    [Fact]
    public void TheObserverClaimsNothingThatAnybodyElseHolds()
    {
        var heap = new HeapSketch();
        int item = heap.Add("Shop.Item");
        heap.Root(RootKind.Observer, "static HeapDrift.Own", item).Root(RootKind.Stack, "stack of a thread", heap.Add("Shop.Frame", item));

        Assert.Equal(["stack of a thread", "Shop.Frame", "Shop.Item"], PathTo(heap, "Shop.Item"));
    }

    [Fact]
    public void ARootThatPointsIntoNowhereHoldsNothing()
    {
        var heap = new HeapSketch();
        int item = heap.Add("Shop.Item");
        heap.Static("Shop.Known", item).Root(RootKind.Handle, "strong handle", 12_345);

        Assert.Equal(1, heap.Snapshot().Retention.Nodes.Sum(node => node.Objects));
    }

    private static string[] PathTo(HeapSketch heap, string type)
    {
        IReadOnlyList<RetentionNode> nodes = heap.Snapshot().Retention.Nodes;
        var path = new List<string>();
        for (RetentionNode at = nodes.Single(node => node.Step.Name == type); at.Parent >= 0; at = nodes[at.Parent])
        {
            path.Insert(0, at.Step.Name);
        }

        return [.. path];
    }
}
