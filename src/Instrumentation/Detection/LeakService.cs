using HeapDrift.Instrumentation.Metrics;
using HeapDrift.Instrumentation.Signals;
using HeapDrift.Profiling.Watching;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace HeapDrift.Instrumentation.Detection;

/// <summary>Runs the detector beside the application, where <see cref="HeapDriftOptions.DetectLeaks"/> is set. Costs nothing elsewhere.</summary>
internal sealed class LeakService(IOptions<HeapDriftOptions> options, MemoryMeter meter, SignalCaptureService captures, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.DetectLeaks)
        {
            return;
        }

        var search = new LeakSearch(() => meter.Look()?.Memory, LeakSearch.LiveHeap, captures.Suspect);
        using var timer = new PeriodicTimer(SmapsPace.RollupInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            search.Look();
        }
    }
}
