using System.Collections.Concurrent;
using HeapDrift.Collector.Export;
using HeapDrift.TestKit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;

namespace HeapDrift.Collector.Tests.Export;

/// <summary>
/// A backlog that runs, on a clock of its own and with settings that the test may change. Tests with it are one collection: like the agent,
/// this process may have one at work only.
/// </summary>
internal sealed class RunningBacklog : IAsyncDisposable
{
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

    /// <summary>Nobody listens on the discard port.</summary>
    public const string Nowhere = "http://127.0.0.1:9";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly ConcurrentQueue<string> _facts = new();
    private readonly Task _running;

    public RunningBacklog(UndeliveredReports reports, string? endpoint, string protocol = "http/protobuf")
        : this(reports, new() { [Endpoint] = endpoint, [Protocol] = protocol })
    {
    }

    public RunningBacklog(UndeliveredReports reports, Dictionary<string, string?> settings)
    {
        CaptureTraceId.Install();
        Settings[Protocol] = "http/protobuf";
        foreach ((string name, string? value) in settings)
        {
            Settings[name] = value;
        }

        Backlog = new DeliveryBacklog(reports.Path, Settings, Clock, new(_complaints.Enqueue, _facts.Enqueue));
        _running = Task.Run(() => Backlog.RunAsync(_stop.Token));
    }

    public FakeTimeProvider Clock { get; } = new(UndeliveredReports.Noon);

    public IConfigurationRoot Settings { get; } = new ConfigurationBuilder().AddInMemoryCollection().Build();

    public DeliveryBacklog Backlog { get; }

    public string[] Complaints => [.. _complaints];

    /// <summary>What is right again.</summary>
    public string[] Facts => [.. _facts];

    /// <summary>Two seconds pass at every look, so that every wait ends in time.</summary>
    public Task UntilAsync(Func<bool> condition, string because) => Eventually.HoldsAsync(
        () =>
        {
            Assert.False(_running.IsFaulted, $"it ended: {_running.Exception}");
            if (condition())
            {
                return true;
            }

            Clock.Advance(TimeSpan.FromSeconds(2));
            return false;
        },
        Deadline,
        because,
        () => string.Join('\n', Complaints));

    /// <summary>All that was said, to the end.</summary>
    public async Task<string[]> StopAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Complaints;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Backlog.Dispose();
        _stop.Dispose();
    }
}
