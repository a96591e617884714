using System.Diagnostics;
using HeapDrift.Instrumentation.Telemetry;
using HeapDrift.Profiling.Diff;

namespace HeapDrift.Instrumentation.Tests.Telemetry;

/// <summary>What a dashboard needs of a finding in order to name a line, and of a capture in order to list types.</summary>
public sealed class FindingTelemetryTests
{
    private static readonly AllocationFrame Platform = new() { Function = "System.String.Concat" };
    private static readonly AllocationFrame Own = new() { Function = "Shop.Cart.Add", File = "Cart.cs", Line = 17 };

    [Fact]
    public void FindingNamesTheLineThatAllocatedMost()
    {
        Dictionary<string, object?> found = Found([Site(9_000, Platform, Own), Site(1_000, Platform)]);

        Assert.Equal(9_000L, found["heapdrift.allocation.bytes"]);
        Assert.Equal(70L, found["heapdrift.allocation.samples"]);
        Assert.Equal(0.25, found["heapdrift.allocation.relative_error"]);
        Assert.Equal("Shop.Cart.Add", found["code.function.name"]);
        Assert.Equal("Cart.cs", found["code.file.path"]);
        Assert.Equal(17L, found["code.line.number"]);
        Assert.Equal("   at System.String.Concat\n   at Shop.Cart.Add in Cart.cs:line 17", found["code.stacktrace"]);
    }

    [Fact]
    public void WithoutSymbolsTheFirstFrameIsNamedAndNoLine()
    {
        Dictionary<string, object?> found = Found([Site(9_000, Platform)]);

        Assert.Equal("System.String.Concat", found["code.function.name"]);
        Assert.DoesNotContain("code.file.path", found);
        Assert.DoesNotContain("code.line.number", found);
    }

    [Fact]
    public void WithoutSamplesTheReasonIsSaid()
    {
        Dictionary<string, object?> found = Found([], "3 samples are too few");

        Assert.Equal("3 samples are too few", found["heapdrift.allocation.note"]);
        Assert.DoesNotContain(found.Keys, name => name.StartsWith("code.", StringComparison.Ordinal));
    }

    [Fact]
    public void StackOfAnyDepthFitsAnAttribute()
    {
        Dictionary<string, object?> found = Found([Site(1, [.. Enumerable.Repeat(Own, 500)])]);

        Assert.InRange(((string)found["code.stacktrace"]!).Length, 1_000, AttributeLimits.MostBytes);
    }

    [Fact]
    public void KnownLeakSaysSinceWhen()
    {
        TelemetryEvent found = CaptureEvents.Found(Evidence.Finding(1) with { Status = FindingStatus.Known, KnownSince = Evidence.Start }, "id");

        Assert.Equal("2026-03-01T10:00:00.0000000Z", found.ToDictionary()["heapdrift.finding.known_since"]);
    }

    [Fact]
    public void TypesThatGrewMostAreLoggedAndThoseThatShrankAreNot()
    {
        var logger = new CapturingLogger();
        IReadOnlyList<TypeGrowth> types = [.. Enumerable.Range(1, 30).Select(Type), Type(31) with { BytesAfter = 0 }];
        using var source = new ActivitySource("nobody listens");
        using (CaptureSpan span = new CaptureTelemetry(logger, source).Begin(Evidence.Alert, Evidence.Worker, Evidence.Start))
        {
            span.Complete(Evidence.Report() with { Types = types }, reportPath: null);
        }

        LoggedEvent[] grown = [.. logger.Events.Where(each => each.Id.Name == "heapdrift.type_growth")];
        Assert.Equal(CaptureSpan.MostTypes, grown.Length);
        Assert.Equal("Shop.Type1 grew by 2 objects, 300 bytes", grown[0].Body);
        Assert.Equivalent(
            new Dictionary<string, object?>
            {
                ["event.name"] = "heapdrift.type_growth",
                ["heapdrift.capture.id"] = "20260301-100000-42",
                ["heapdrift.type.rank"] = 1L,
                ["heapdrift.type.name"] = "Shop.Type1",
                ["heapdrift.type.module"] = "Shop.dll",
                ["heapdrift.type.objects_delta"] = 2L,
                ["heapdrift.type.bytes_delta"] = 300L,
            },
            grown[0].Attributes,
            strict: true);
    }

    private static TypeGrowth Type(int number) => new()
    {
        Name = $"Shop.Type{number}",
        Module = "Shop.dll",
        ObjectsBefore = 1,
        ObjectsAfter = 3,
        BytesBefore = 100,
        BytesAfter = 400,
    };

    private static Dictionary<string, object?> Found(IReadOnlyList<AllocationSite> sites, string? note = null) =>
        CaptureEvents.Found(Evidence.Finding(1) with { AllocationSites = sites, AllocationNote = note }, "id").ToDictionary();

    private static AllocationSite Site(long bytes, params IReadOnlyList<AllocationFrame> frames) =>
        new() { Frames = frames, Samples = 70, EstimatedBytes = bytes, RelativeError = 0.25 };
}
