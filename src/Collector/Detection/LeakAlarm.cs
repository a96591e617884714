using System.Threading.Channels;
using HeapDrift.Collector.Admission;
using HeapDrift.Collector.Discovery;
using HeapDrift.Collector.Export;
using HeapDrift.Instrumentation.Telemetry;
using HeapDrift.Profiling.Detection;
using HeapDrift.Profiling.Reports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Collector.Detection;

/// <summary>
/// What follows from a suspicion: a line in the log, an event by OTLP as the worker, and a capture where the desk permits one. The event is
/// sent in the background and once; the finding that follows is what must not be lost.
/// </summary>
internal sealed class LeakAlarm(CaptureDesk desk, DetectorOptions options, IConfiguration environment, ILogger<LeakAlarm> logger) : BackgroundService
{
    /// <summary>Of a receiver that does not answer for minutes, while all workers of a node begin to leak at once.</summary>
    private const int MostWaiting = 256;

    private readonly Channel<(Worker Worker, LeakAssessment Assessment)> _events = Channel.CreateBounded<(Worker, LeakAssessment)>(
        new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    /// <summary>Waits for nothing.</summary>
    public void Raise(Worker worker, LeakAssessment assessment)
    {
        Log.LeakSuspected(logger, worker.Pid, worker.Name, assessment.Reason);
        _events.Writer.TryWrite((worker, assessment));
        if (options.Captures)
        {
            desk.Request(worker, new CaptureTrigger { Kind = TriggerKind.Detector });
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!OtlpEndpoint.IsSet(environment, OtlpEndpoint.ForCaptures, complaint => Log.Complain(logger, complaint)))
        {
            return;
        }

        await foreach ((Worker worker, LeakAssessment assessment) in _events.Reader.ReadAllAsync(stoppingToken))
        {
            await SendAsync(worker, assessment);
        }
    }

    private async Task SendAsync(Worker worker, LeakAssessment assessment)
    {
        // Traces are left alone: a capture's spans would come here too.
        using var export = new OtlpExport(OtlpExport.ResourceOf(worker), environment, sendsTraces: false, sendsLogs: true);
        if (await export.TellAsync(LeakEvent.Suspected(worker.Identity, assessment), LogLevel.Warning) is { } failure)
        {
            Log.LeakNotTold(logger, worker.Pid, worker.Name, failure.Message);
        }
    }
}
