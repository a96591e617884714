using HeapDrift.Instrumentation.Signals;
using HeapDrift.Instrumentation.Tests.Captures;
using HeapDrift.Instrumentation.Tests.Telemetry;
using HeapDrift.Profiling.Detection;
using HeapDrift.TestKit;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Instrumentation.Tests.Signals;

/// <summary>What a service with nothing but the package does when its own detector suspects a leak.</summary>
[Collection(ProcessCollection.Name)]
public sealed class SuspicionTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly LeakAssessment Suspicion = new()
    {
        State = LeakState.Suspected,
        IsNewSuspicion = true,
        GrowthBytesPerSecond = 12_345,
        TimeToLimit = TimeSpan.FromMinutes(7),
        Reason = "its memory grew by 76 MB within 4 hours, steadily and above all before",
    };

    private readonly FakeHelper _fake = new();
    private readonly CapturingLogger _log = new();

    public void Dispose() => _fake.Dispose();

    [Fact]
    public async Task SuspicionIsToldAndCapturedByTheHelper()
    {
        using SignalCaptures captures = Start();
        captures.Suspect(Suspicion);

        await Eventually.HoldsAsync(() => _fake.Starts.Count == 1, Patience, "the helper is started");
        Assert.Contains("--trigger detector", _fake.Starts[0], StringComparison.Ordinal);
        LoggedEvent told = _log.Events.First(each => each.Id.Name == TelemetryNames.Events.LeakSuspected);
        Assert.Equal(LogLevel.Warning, told.Level);
        Assert.Equal(12_345.0, told.Attributes[TelemetryNames.Attributes.LeakGrowth]);
        Assert.Equal(420.0, told.Attributes[TelemetryNames.Attributes.LeakTimeToLimit]);
        await captures.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task ASecondSuspicionDoesNotDisturbTheCaptureThatRuns()
    {
        using SignalCaptures captures = Start();
        captures.Suspect(Suspicion);
        await Eventually.HoldsAsync(() => _log.Events.Any(each => each.Body.StartsWith("Baseline taken", StringComparison.Ordinal)), Patience, "the window is open");

        captures.Suspect(Suspicion);
        await captures.StopAsync(TestContext.Current.CancellationToken);

        Assert.Single(_fake.Starts);
        Assert.Equal(["end of input"], _fake.Commands);
    }

    private SignalCaptures Start()
    {
        using var loggers = new OneLogger(_log);
        var captures = new SignalCaptures(loggers, new HeapDriftOptions { CollectorPath = _fake.Path, OutputDirectory = _fake.File("reports") }, TimeProvider.System);
        captures.Start();
        return captures;
    }

    private sealed class OneLogger(ILogger logger) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => logger;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
