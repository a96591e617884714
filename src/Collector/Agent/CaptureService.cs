using HeapDrift.Collector.Admission;
using HeapDrift.Profiling.Proc;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Collector.Agent;

/// <summary>Opens the desk when the agent starts and closes it when it stops.</summary>
internal sealed class CaptureService(CaptureDesk desk, ProcFileSystem proc, ILogger<CaptureService> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        desk.Resume(order => proc.TryReadStatus(order.Pid) is { IsPresent: true, Value.HasExited: false } && proc.TryReadStartTime(order.Pid) == order.StartTimeTicks);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Log.Stopping(logger);
        return desk.StopAsync();
    }
}
