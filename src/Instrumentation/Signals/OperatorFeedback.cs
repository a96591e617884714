using System.Globalization;
using HeapDrift.Profiling.Captures;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Instrumentation.Signals;

/// <summary>What whoever sends the signals reads in the log of the worker.</summary>
internal sealed class OperatorFeedback(ILogger logger)
{
    private const string Unknown = "unknown";

    private (string CaptureId, CapturePhase Phase)? _entered;

    public void Armed(SignalArming arming)
    {
        switch (arming)
        {
            case SignalArming.Armed:
                Log.Armed(logger, Environment.ProcessId);
                break;
            case SignalArming.NotSupported:
                Log.NotSupported(logger);
                break;
            default:
                Log.NotCaught(logger, Environment.ProcessId);
                break;
        }
    }

    public void PassedOn() => Log.PassedOn(logger, Environment.ProcessId);

    public void Coalesced(int count, CaptureState state) => Log.Coalesced(logger, count, state switch
    {
        CaptureState.Idle => "no capture is running any more",
        CaptureState.Window => "a capture is running and waits for a signal of its own",
        CaptureState.Baseline => "a capture is running and takes its baseline",
        CaptureState.Final => "a capture is running and takes its final snapshot",
        _ => "a capture is running and writes its report",
    });

    /// <summary>What a capture says of a phase that it is in already is a remark: why it takes another engine, what it could not write.</summary>
    public void Entered(CaptureProgress progress)
    {
        if (_entered == (progress.CaptureId, progress.Phase))
        {
            Log.Remark(logger, progress.Message.TrimEnd('.'));
            return;
        }

        _entered = (progress.CaptureId, progress.Phase);
        switch (progress.Phase)
        {
            case CapturePhase.Baseline:
                Log.TakingBaseline(logger);
                break;
            case CapturePhase.Window:
                Log.BaselineTaken(
                    logger,
                    Number(progress.LiveObjects, "N0"),
                    Number(progress.LiveBytes / 1e6, "N1"),
                    Number(progress.PauseMilliseconds, "N1"),
                    progress.WindowEndsAt?.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture) ?? Unknown);
                break;
            case CapturePhase.Final:
                Log.TakingFinal(logger);
                break;
            default:
                Log.Progress(logger, progress.Phase, progress.Message);
                break;
        }
    }

    private static string Number<T>(T? number, string format)
        where T : struct, IFormattable => number?.ToString(format, CultureInfo.InvariantCulture) ?? Unknown;
}
