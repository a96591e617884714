using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Tests.Heap;

namespace HeapDrift.Profiling.Tests.Diff;

/// <summary>Services in a container that many of the platform's objects lead to: by which of them it is reached first is another one in each snapshot.</summary>
public sealed class WanderingHolderTests
{
    private const string Timers = "static System.Threading.TimerQueue.Instances";
    private const string Sockets = "static System.Net.Sockets.SocketAsyncEngine.s_registeredContexts";
    private const int Many = 10_000;

    [Fact]
    public void ALeakIsFoundThoughItsContainerHangsElsewhereNow()
    {
        Finding finding = Assert.Single(Compare(Services(Timers, 30 * Many), Services(Sockets, 31 * Many)).Findings);

        Assert.Equal("Shop.Order", finding.Type);
        Assert.Equal(Many, finding.ObjectsDelta);
        Assert.Equal(Sockets, finding.Path[0]);
    }

    [Fact]
    public void AContainerThatHangsElsewhereIsNoGrowth() => Assert.Empty(Compare(Services(Timers, Many), Services(Sockets, Many)).Findings);

    [Fact]
    public void GrowthHoldsInEveryIntervalWhereverTheContainerHangs()
    {
        HeapDiff diff = Compare(Services(Timers, Many), Services(Sockets, 2 * Many), Services(Timers, 3 * Many), Services(Sockets, 4 * Many));

        Assert.Equal(Verdict.ManagedLeak, diff.Verdict);
    }

    [Fact]
    public void TheServiceIsNamedBeforeTheRootThatHappensToLeadToIt() =>
        Assert.Equal($"Shop.OrderBook ({Sockets})", Assert.Single(Compare(Services(Timers, 0), Services(Sockets, Many)).Findings).Holder);

    [Fact]
    public void TheFingerprintIsThatOfTheServiceWhicheverWayLeadsToIt() => Assert.Equal(
        Assert.Single(Compare(Services(Timers, 0), Services(Timers, Many)).Findings).Fingerprint,
        Assert.Single(Compare(Services(Timers, 0), Services(Sockets, Many)).Findings).Fingerprint);

    [Fact]
    public void TheSameServiceInTwoStaticFieldsOfTheApplicationIsTwoLeaks() => Assert.NotEqual(
        Assert.Single(Compare(Services("static Shop.A.Services", 0), Services("static Shop.A.Services", Many)).Findings).Fingerprint,
        Assert.Single(Compare(Services("static Shop.B.Services", 0), Services("static Shop.B.Services", Many)).Findings).Fingerprint);

    [Fact]
    public void TwoServicesOfOneContainerAreTwoLeaks()
    {
        HeapDiff diff = Compare(Services(Timers, Many, Many), Services(Sockets, 3 * Many, 2 * Many));

        Assert.Equal(["Shop.Order", "Shop.Note"], diff.Findings.Select(finding => finding.Type));
        Assert.NotEqual(diff.Findings[0].Fingerprint, diff.Findings[1].Fingerprint);
    }

    private static HeapSketch Services(string root, int orders, int notes = 0)
    {
        var heap = new HeapSketch();
        int provider = heap.Add("Microsoft.Extensions.DependencyInjection.ServiceProvider", Service(heap, "Shop.OrderBook", "Shop.Order", orders), Service(heap, "Shop.NoteBook", "Shop.Note", notes));
        return heap.Root(RootKind.Static, root, heap.Add("System.Object[]", provider));
    }

    private static int Service(HeapSketch heap, string service, string item, int count) => heap.Add(
        service, heap.Add($"System.Collections.Generic.List<{item}>", heap.Add($"{item}[]", [.. Enumerable.Range(0, count).Select(_ => heap.Add(item))])));

    private static HeapDiff Compare(params HeapSketch[] heaps)
    {
        HeapSnapshot[] snapshots = [.. heaps.Select((heap, at) => heap.Snapshot() with { TakenAt = DateTimeOffset.UnixEpoch.AddSeconds(at) })];
        return HeapDiff.Compare(snapshots[0], snapshots[^1], new DiffEvidence { Between = snapshots[1..^1] });
    }
}
