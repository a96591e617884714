using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Tests.Heap;

namespace HeapDrift.Profiling.Tests.Diff;

public sealed class HeapDiffTests
{
    private const int Leaked = 10_000;

    [Fact]
    public void ADictionaryThatFillsIsOneFindingAtItsTable()
    {
        Finding finding = Assert.Single(Compare(Sessions(100), Sessions(100 + Leaked)).Findings);

        Assert.Equal("Shop.Session", finding.Type);
        Assert.Equal("static Shop.Cache.Sessions", finding.Holder);
        Assert.Equal(
            ["static Shop.Cache.Sessions", "System.Collections.Generic.Dictionary<System.String, Shop.Session>", "Entry<System.String, Shop.Session>[]", "Shop.Session"],
            finding.Path);
        Assert.Equal(Leaked, finding.ObjectsDelta);
        Assert.Equal(Leaked * HeapSketch.ObjectBytes, finding.BytesDelta);

        // A session, its payload and its key, and 24 bytes of table for each.
        Assert.Equal(Leaked * ((3 * HeapSketch.ObjectBytes) + 24), finding.RetainedBytesDelta);

        // The buckets beside the table, 8 bytes each, stay below the floor of a finding.
        Assert.Equal((double)finding.RetainedBytesDelta / (finding.RetainedBytesDelta + (Leaked * 8)), finding.ShareOfGrowth);
        Assert.Equal(TypeOrigin.Application, finding.Origin);
        Assert.Equal(1, finding.Rank);
    }

    [Fact]
    public void TheBucketsOfAGrownDictionaryAreNoLeakOfTheirOwn()
    {
        const int many = 100_000;
        Finding finding = Assert.Single(Compare(Sessions(0), Sessions(many)).Findings);

        Assert.Equal("Shop.Session", finding.Type);
        Assert.Equal(many * ((3 * HeapSketch.ObjectBytes) + 24 + 8), finding.RetainedBytesDelta);
        Assert.Equal(1, finding.ShareOfGrowth);
    }

    [Fact]
    public void TwoIndependentLeaksAreTwoFindingsTheLargerFirst()
    {
        HeapDiff diff = Compare(
            Lists(("Shop.Small", 0), ("Shop.Large", 0)),
            Lists(("Shop.Small", Leaked), ("Shop.Large", 2 * Leaked)));

        Assert.Equal(["Shop.Large", "Shop.Small"], diff.Findings.Select(finding => finding.Type));
        Assert.Equal([1, 2], diff.Findings.Select(finding => finding.Rank));
        Assert.NotEqual(diff.Findings[0].Fingerprint, diff.Findings[1].Fingerprint);
    }

    [Theory]
    [InlineData("HeapDrift.Instrumentation.Captures.SignalCaptures.Pending", "System.String")]
    [InlineData("System.Diagnostics.Tracing.EventListener.s_Listeners", "Shop.Item")]
    [InlineData("Shop.Cache.Items", "System.Diagnostics.Tracing.EventWrittenEventArgs")]
    public void WhatDiagnosticsKeepForThemselvesIsNoFinding(string field, string type)
    {
        static HeapSketch Draw(string field, string type, int items)
        {
            var heap = new HeapSketch();
            int array = heap.AddSized("System.Object[]", 24 + (items * 8));
            heap.Static(field, array);
            for (int item = 0; item < items; item++)
            {
                heap.Link(array, heap.Add(type));
            }

            return heap;
        }

        Assert.Empty(Compare(Draw(field, type, 0), Draw(field, type, 20 * Leaked)).Findings);
        Assert.Single(Compare(Draw("Shop.Cache.Items", "Shop.Item", 0), Draw("Shop.Cache.Items", "Shop.Item", 20 * Leaked)).Findings);
    }

    [Fact]
    public void EqualHeapsGiveNothing()
    {
        HeapDiff diff = Compare(Sessions(500), Sessions(500));

        Assert.Empty(diff.Findings);
        Assert.Empty(diff.Types);
        Assert.Equal(Verdict.NoGrowth, diff.Verdict);
    }

    [Fact]
    public void AHeapThatShrinksHasNoFinding() => Assert.Empty(Compare(Sessions(Leaked), Sessions(0)).Findings);

    [Fact]
    public void AFewMoreObjectsAreNoFinding() => Assert.Empty(Compare(Sessions(1_000), Sessions(1_050)).Findings);

    [Fact]
    public void ABufferThatGrowsWithoutMoreObjectsIsNamed()
    {
        Finding finding = Assert.Single(Compare(Buffer(1_000), Buffer(10_000_000)).Findings);

        Assert.Equal("System.Byte[]", finding.Type);
        Assert.Equal("static Shop.Journal.Text", finding.Holder);
    }

    [Fact]
    public void AnApplicationTypeIsNamedBeforeTheCollectionNodesThatCarryIt()
    {
        Finding finding = Assert.Single(Compare(Queue(0), Queue(Leaked)).Findings);

        Assert.Equal("Shop.Job", finding.Type);
        Assert.Equal("static Shop.Jobs.Pending", finding.Holder);
    }

    /// <summary>Interned strings: their tables multiply, too, and are not what piles up.</summary>
    [Fact]
    public void WhatMultipliesInManyArraysIsNamedAndNotTheArrays()
    {
        static HeapSketch Draw(int arrays)
        {
            var heap = new HeapSketch();
            for (int at = 0; at < arrays; at++)
            {
                heap.Root(RootKind.Handle, "strong handle", heap.Add("System.Object[]", [.. Enumerable.Range(0, 10_000).Select(_ => heap.Add("System.String"))]));
            }

            return heap;
        }

        Assert.Equal("System.String", Assert.Single(Compare(Draw(0), Draw(20)).Findings).Type);
    }

    /// <summary>Each entry has an array of the type of the table at the top, so that the path leads back there.</summary>
    [Fact]
    public void ATypeThatOccursAgainBelowDoesNotHideWhatPilesUp()
    {
        static HeapSketch Draw(int entries)
        {
            var heap = new HeapSketch();
            int[] tracked = [.. Enumerable.Range(0, entries).Select(_ => heap.Add("Shop.Entry", heap.Add("System.Object[]"), heap.Add("System.String"), heap.Add("System.String")))];
            int tracker = heap.Add("Shop.Tracker", heap.Add("Shop.Entry[]", tracked));
            return heap.Static("Shop.Service.Parts", heap.Add("System.Object[]", tracker));
        }

        Finding finding = Assert.Single(Compare(Draw(0), Draw(Leaked)).Findings);

        Assert.Equal("Shop.Entry", finding.Type);
        Assert.Contains("Shop.Tracker", finding.Path);
    }

    [Fact]
    public void ObjectsThatChangeHandsAreNoLeak()
    {
        // The same requests, on a stack first and in a queue of the application then.
        HeapSketch before = Requests(heap => (heap.Add("System.Object[]"), RootKind.Stack, "stack of a thread"));
        HeapSketch after = Requests(heap => (heap.Add("Shop.Queue"), RootKind.Static, "static Shop.Work.Waiting"));

        Assert.Empty(Compare(before, after).Findings);
        Assert.NotEmpty(Compare(new HeapSketch(), after).Findings);
    }

    [Fact]
    public void ConnectionsThatWereOpenedInBetweenAreNoLeak()
    {
        Assert.Empty(Compare(Connections(0), Connections(20_000)).Findings);
        Assert.Equal("System.Net.Sockets.SocketAsyncContext", Assert.Single(Compare(Connections(0), Connections(200_000)).Findings).Type);
    }

    [Fact]
    public void AnIncompleteSnapshotIsNeverCompared()
    {
        HeapDiff diff = HeapDiff.Compare(Sessions(0).Snapshot(), Sessions(Leaked).Snapshot("3 events of the heap walk are missing"));

        Assert.Empty(diff.Findings);
        Assert.Empty(diff.Types);
        Assert.Equal(Verdict.Inconclusive, diff.Verdict);
    }

    [Fact]
    public void TheFingerprintOutlivesARebuildAndTellsHoldersApart()
    {
        string first = Fingerprint.Of(["static Shop.A", "Shop.Job+<>c__DisplayClass12_0", "Shop.Job+<Run>d__5"]);

        Assert.Equal(first, Fingerprint.Of(["static Shop.A", "Shop.Job+<>c__DisplayClass7_3", "Shop.Job+<Run>d__9"]));
        Assert.NotEqual(first, Fingerprint.Of(["static Shop.B", "Shop.Job+<>c__DisplayClass12_0", "Shop.Job+<Run>d__5"]));
        Assert.Matches("^[0-9a-f]{16}$", first);
    }

    /// <summary>The engines differ in how they spell nested types, and only one tells the thread of a stack.</summary>
    [Theory]
    [InlineData("static Shop.A", "System.Threading.CancellationTokenSource+CallbackNode", "static Shop.A", "CallbackNode")]
    [InlineData("static Shop.A", "System.Collections.Generic.Dictionary+Entry<int>", "static Shop.A", "Entry<int>")]
    [InlineData("stack of thread requests", "Shop.Job+<>c__DisplayClass1_0", "stack of a thread", "<>c__DisplayClass2_7")]
    [InlineData("Shop.Outer+OrderBook", "Shop.Order", "OrderBook", "Shop.Order")]
    public void TheFingerprintIsTheSameFromBothEngines(string copyHolder, string copyType, string eventsHolder, string eventsType) =>
        Assert.Equal(Fingerprint.Of([copyHolder, copyType]), Fingerprint.Of([eventsHolder, eventsType]));

    [Theory]
    [InlineData("System.Collections.Generic.List<Shop.Session>", "System.Private.CoreLib.dll", TypeOrigin.Library)]
    [InlineData("Shop.Session", "Shop.dll", TypeOrigin.Application)]
    [InlineData("Shop.Session[]", "System.Private.CoreLib.dll", TypeOrigin.Application)]
    [InlineData("Entry<System.String, Shop.Session>[]", "System.Private.CoreLib.dll", TypeOrigin.Library)]
    [InlineData("Session", "Shop.dll", TypeOrigin.Application)]
    [InlineData("Microsoft.AspNetCore.Http.HttpContext", null, TypeOrigin.Library)]
    [InlineData("Shop.Session", null, TypeOrigin.Application)]
    public void OriginIsThePlatformOrTheApplication(string type, string? module, object expected) =>
        Assert.Equal(expected, TypeOrigins.Of(type, module));

    private static HeapSketch Requests(Func<HeapSketch, (int Holder, RootKind Kind, string Name)> hold)
    {
        var heap = new HeapSketch();
        (int holder, RootKind kind, string name) = hold(heap);
        for (int at = 0; at < Leaked; at++)
        {
            heap.Link(holder, heap.Add("Shop.Request"));
        }

        return heap.Root(kind, name, holder);
    }

    private static HeapSketch Connections(int count)
    {
        var heap = new HeapSketch();
        int[] contexts = [.. Enumerable.Range(0, count).Select(_ => heap.Add("System.Net.Sockets.SocketAsyncContext"))];
        return heap.Static("System.Net.Sockets.SocketAsyncEngine.s_registeredContexts", heap.Add("System.Net.Sockets.SocketAsyncContext[]", contexts));
    }

    private static HeapDiff Compare(HeapSketch baseline, HeapSketch final) => HeapDiff.Compare(baseline.Snapshot(), final.Snapshot());

    private static HeapSketch Sessions(int count)
    {
        var heap = new HeapSketch();
        int[] content = [.. Enumerable.Range(0, count).SelectMany(_ => new[] { heap.Add("System.String"), heap.Add("Shop.Session", heap.Add("System.Byte[]")) })];
        int entries = heap.AddSized("Entry<System.String, Shop.Session>[]", 24 + (24 * count), content);
        int buckets = heap.AddSized("System.Int32[]", 24 + (8 * count));
        return heap.Static("Shop.Cache.Sessions", heap.Add("System.Collections.Generic.Dictionary<System.String, Shop.Session>", buckets, entries));
    }

    private static HeapSketch Lists(params (string Type, int Count)[] lists)
    {
        var heap = new HeapSketch();
        int[] fields =
        [
            .. lists.Select(list => heap.Add(
                $"System.Collections.Generic.List<{list.Type}>",
                heap.Add(list.Type + "[]", [.. Enumerable.Range(0, list.Count).Select(_ => heap.Add(list.Type))]))),
        ];
        return heap.Static("Shop.Service.Instance", heap.Add("Shop.Service", fields));
    }

    private static HeapSketch Buffer(long bytes)
    {
        var heap = new HeapSketch();
        return heap.Static("Shop.Journal.Text", heap.Add("System.IO.MemoryStream", heap.AddSized("System.Byte[]", bytes)));
    }

    private static HeapSketch Queue(int count)
    {
        var heap = new HeapSketch();
        int node = heap.Add("LinkedListNode<Shop.Job>");
        for (int at = 0; at < count; at++)
        {
            node = heap.Add("LinkedListNode<Shop.Job>", node, heap.Add("Shop.Job"));
        }

        return heap.Static("Shop.Jobs.Pending", heap.Add("System.Collections.Generic.LinkedList<Shop.Job>", node));
    }
}
