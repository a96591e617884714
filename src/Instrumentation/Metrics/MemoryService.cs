using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Instrumentation.Metrics;

/// <summary>
/// Reads the memory of this process regularly while somebody collects its metrics, so that growth is known whatever the interval of the
/// collections. Nothing escapes into the host.
/// </summary>
internal sealed class MemoryService(MemoryMeter meter, TimeProvider time, ILoggerFactory? loggers = null) : BackgroundService
{
    private readonly ILogger? _logger = loggers?.CreateLogger(TelemetryNames.Source);
    private bool _hasTold;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Profiling.Watching.SmapsPace.RollupInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            if (meter.IsCollected)
            {
                Tell(meter.Look()?.Memory.WhyCheap);
            }
        }
    }

    /// <summary>Once: the reason does not go away by being repeated.</summary>
    private void Tell(string? whyCheap)
    {
        if (whyCheap is null || _hasTold || _logger is null)
        {
            return;
        }

        _hasTold = true;
        try
        {
            Log.MemoryIsReadCheaply(_logger, whyCheap);
        }
#pragma warning disable CA1031 // A logger that fails must not stop the host.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }
}
