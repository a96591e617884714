using System.Globalization;
using System.Text.RegularExpressions;
using HeapDrift.Collector.Admission;
using HeapDrift.Collector.Collections;
using HeapDrift.Collector.Detection;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Metrics;
using HeapDrift.Collector.Tests.Admission;
using HeapDrift.Collector.Watching;
using HeapDrift.Instrumentation;
using HeapDrift.Profiling.Detection;
using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Reports;
using HeapDrift.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace HeapDrift.Collector.Tests.Detection;

/// <summary>The watch over a worker that the kernel's files make up, on a clock that the test moves: a leak takes hours.</summary>
public sealed partial class LeakAlarmTests : IAsyncDisposable
{
    private const int Pid = 4242;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("heapdrift-test-");
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));
    private readonly HeldRunner _runner = new();
    private readonly WorkerBoard _board = new();
    private readonly DetectorOptions _options = new();
    private readonly string _rollup = File.ReadAllText("/proc/self/smaps_rollup");
    private readonly Dictionary<string, string?> _settings = [];
    private CaptureDesk? _desk;

    public async ValueTask DisposeAsync()
    {
        await (_desk?.StopAsync() ?? Task.CompletedTask);
        _desk?.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task LeakIsToldByOtlpShownAndCaptured()
    {
        await using OtlpReceiver receiver = await OtlpReceiver.StartAsync();
        _settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.GrpcEndpoint.ToString();

        await GrowAsync(megabytesAnHour: 60, hours: 4.4);

        Assert.Single(_runner.Ran);
        Assert.Equal(TriggerKind.Detector, Assert.Single(_desk!.Lines).Trigger.Kind);
        Assert.Equal(1, Figure());
        await Eventually.HoldsAsync(() => receiver.Logs.Count > 0, Patience, "the suspicion arrives");
        ReceivedLog told = Assert.Single(receiver.Logs);
        Assert.Equal(TelemetryNames.Events.LeakSuspected, told.EventName);
        Assert.Equal((long)Pid, told.Attributes[TelemetryNames.Attributes.ProcessPid]);
        Assert.InRange((double)told.Attributes[TelemetryNames.Attributes.LeakGrowth]!, 15_000, 20_000);
        Assert.Contains("seems to leak: its memory grew by", told.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WorkerThatDoesNotGrowIsLeftAlone()
    {
        await GrowAsync(megabytesAnHour: 0, hours: 4.4);

        Assert.Empty(_runner.Ran);
        Assert.Equal(0, Figure());

        // What this very process does meanwhile may look as if it had grown once, and no more.
        Assert.Contains(_board.Workers.Single().Leak!.State, new[] { LeakState.Healthy, LeakState.Plateau });
    }

    [Fact]
    public async Task SuspicionIsOnlyToldWhereCapturesAreSwitchedOff()
    {
        _options.Captures = false;

        await GrowAsync(megabytesAnHour: 60, hours: 4.4);

        Assert.Empty(_runner.Ran);
        Assert.Equal(LeakState.Suspected, _board.Workers.Single().Leak!.State);
    }

    [Fact]
    public async Task SwitchedOffItSaysNothing()
    {
        _options.Enabled = false;

        await GrowAsync(megabytesAnHour: 60, hours: 4.4);

        Assert.Empty(_runner.Ran);
        Assert.Null(Figure());
    }

    private async Task GrowAsync(double megabytesAnHour, double hours)
    {
        MakeWorker();
        var proc = new ProcFileSystem(Path.Join(_folder.FullName, "proc"), Path.Join(_folder.FullName, "cgroup"));
        _desk = new(new CaptureLimits(), CaptureJournal.Load(_folder.FullName, _ => { }), _runner, _clock);
        using var alarm = new LeakAlarm(_desk, _options, new ConfigurationBuilder().AddInMemoryCollection(_settings).Build(), NullLogger<LeakAlarm>.Instance);
        var rules = new WatchRules(new DiscoveryOptions());
        var inventory = new WorkerInventory(new WorkerDirectory(proc, rules), rules, proc, _clock, _ => { });
        var sessions = new GcSessions(_desk, _clock, NullLogger<GcSessions>.Instance);
        using var watch = new WorkerWatch(
            inventory, worker => new WorkerEye(worker, proc, _clock, new WatchOptions(), _options, sessions), _board, alarm, _clock, NullLogger<WorkerWatch>.Instance);
        await alarm.StartAsync(TestContext.Current.CancellationToken);
        await watch.StartAsync(TestContext.Current.CancellationToken);
        TimeSpan step = TimeSpan.FromSeconds(40);
        for (TimeSpan at = TimeSpan.Zero; at < TimeSpan.FromHours(hours); at += step)
        {
            WaitForRound(watch);
            WriteMemory(200 + (megabytesAnHour * at.TotalHours));
            _clock.Advance(step);
        }

        WaitForRound(watch);
        await watch.StopAsync(TestContext.Current.CancellationToken);
        alarm.Dispose();
    }

    /// <summary>Some microseconds each, thousands of times: too short to be awaited.</summary>
    private static void WaitForRound(WorkerWatch watch) =>
        Eventually.Holds(() => watch.SinceLastRound == TimeSpan.Zero, Patience, "the round ends");

    private void MakeWorker()
    {
        foreach (string file in (string[])["stat", "status", "maps"])
        {
            Write(file, File.ReadAllText($"/proc/self/{file}"));
        }

        WriteMemory(200);
    }

    private double? Figure()
    {
        FigureValue[] values = [.. WorkerFigures.All.Single(figure => figure.Name == TelemetryNames.Metrics.LeakSuspected).Read(_board.Workers.Single())];
        return values is [{ Value: var value }] ? value : null;
    }

    private void WriteMemory(double megabytes) =>
        Write("smaps_rollup", Proportional().Replace(_rollup, match => string.Create(CultureInfo.InvariantCulture, $"{match.Groups[1].Value} {megabytes * 1024:0} kB")));

    private void Write(string file, string text)
    {
        string path = Path.Join(_folder.FullName, "proc", Pid.ToString(CultureInfo.InvariantCulture), file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    [GeneratedRegex(@"^(Pss:|Pss_Anon:)\s+\d+ kB", RegexOptions.Multiline)]
    private static partial Regex Proportional();
}
