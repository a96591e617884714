using HeapDrift.Profiling.Captures;

namespace HeapDrift.Instrumentation.Signals;

internal enum CaptureState
{
    Idle,
    Baseline,
    Window,
    Final,
    Diff,
    Report,
}

/// <summary>What a signal asks for.</summary>
internal enum SignalRequest
{
    None,
    Start,
    Finish,
}

/// <summary>
/// What a SIGUSR2 means at this moment: in <see cref="CaptureState.Idle"/> it starts a capture, in <see cref="CaptureState.Window"/> it
/// finishes it, elsewhere it is coalesced with the capture that runs. It starts and waits for nothing. Thread-safe, because signals come
/// on any thread while the capture advances on another; the lock is held for a few comparisons.
/// </summary>
internal sealed class TwoSignalMachine(TimeProvider time)
{
    /// <summary>
    /// A signal that follows another one sooner belongs to the same burst and never means anything of its own, or a storm would finish the
    /// capture that it started. The gaps of a storm are milliseconds; a person's second signal comes seconds after the first, and a
    /// baseline takes longer than this anyway. Whether a burst is over is for <see cref="TryEndBurst"/> to say, not for the clock alone: on
    /// one processor the first signal's work keeps those behind it waiting for longer than this.
    /// </summary>
    public static readonly TimeSpan BurstGap = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private CaptureState _state;
    private SignalRequest _request;
    private long _lastSignal;
    private bool _isInBurst;
    private int _coalesced;

    public CaptureState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    public void Signal()
    {
        lock (_gate)
        {
            bool opensBurst = !_isInBurst;
            (_isInBurst, _lastSignal) = (true, time.GetTimestamp());
            switch (_state)
            {
                case CaptureState.Idle when opensBurst:
                    (_state, _request) = (CaptureState.Baseline, SignalRequest.Start);
                    break;
                case CaptureState.Window when opensBurst:
                    (_state, _request) = (CaptureState.Final, SignalRequest.Finish);
                    break;
                default:
                    _coalesced++;
                    break;
            }
        }
    }

    /// <summary>Starts a capture that nobody sent a signal for, and nothing where one runs.</summary>
    public bool TryStart()
    {
        lock (_gate)
        {
            if (_state != CaptureState.Idle)
            {
                return false;
            }

            (_state, _request) = (CaptureState.Baseline, SignalRequest.Start);
            return true;
        }
    }

    /// <summary>Each request is taken once. There is never more than one: a capture cannot be in its window before its start was taken.</summary>
    public SignalRequest TakeRequest()
    {
        lock (_gate)
        {
            var request = _request;
            _request = SignalRequest.None;
            return request;
        }
    }

    /// <summary>The running capture says that it entered a phase. Phases never go back, and the end of a window may cross a signal.</summary>
    public void Entered(CapturePhase phase)
    {
        var state = phase switch
        {
            CapturePhase.Baseline => CaptureState.Baseline,
            CapturePhase.Window => CaptureState.Window,
            CapturePhase.Final => CaptureState.Final,
            CapturePhase.Diff => CaptureState.Diff,
            _ => CaptureState.Report,
        };
        lock (_gate)
        {
            if (_state != CaptureState.Idle && state > _state)
            {
                _state = state;
            }
        }
    }

    /// <summary>The capture ended, however it did.</summary>
    public void Ended()
    {
        lock (_gate)
        {
            (_state, _request) = (CaptureState.Idle, SignalRequest.None);
        }
    }

    /// <summary>
    /// To be called when no signal waits to be told to <see cref="Signal"/>. False where more of the burst may follow within
    /// <paramref name="quietIn"/>; otherwise the next signal is one of its own.
    /// </summary>
    /// <param name="quietIn">When to ask again; zero where the burst is over.</param>
    /// <param name="coalesced">How many signals of the burst meant nothing.</param>
    public bool TryEndBurst(out TimeSpan quietIn, out int coalesced)
    {
        lock (_gate)
        {
            var left = _isInBurst ? BurstGap - time.GetElapsedTime(_lastSignal) : TimeSpan.Zero;
            if (left > TimeSpan.Zero)
            {
                (quietIn, coalesced) = (left, 0);
                return false;
            }

            (quietIn, coalesced) = (TimeSpan.Zero, _coalesced);
            (_isInBurst, _coalesced) = (false, 0);
            return true;
        }
    }
}
