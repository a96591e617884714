using System.Globalization;
using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Discovery;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Admission;

/// <summary>
/// Where everybody asks for captures: alerts, the detector, signals, people. One per worker, few at the same time, cooldown and daily budget
/// for those that nobody asked for in person. Answers at once; what it promised it does, also after a restart. Thread-safe.
/// </summary>
internal sealed class CaptureDesk : IDisposable
{
    /// <summary>Orders that wait for their turn; a capture takes a minute, and by then more would have missed what they are about.</summary>
    private const int MostWaiting = 32;

    private const int MostRefused = 200;

    /// <summary>A capture that has ended the agent once may have been unlucky; twice it is the reason.</summary>
    private const int MostInterruptions = 1;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private readonly CaptureLimits _limits;
    private readonly CaptureJournal _journal;
    private readonly ICaptureRunner _runner;
    private readonly TimeProvider _clock;
    private readonly Dictionary<string, RunningCapture> _running = [];
    private readonly Queue<CaptureLine> _refused = new();
    private readonly CancellationTokenSource _stopping = new();
    private bool _isClosed;

    public CaptureDesk(CaptureLimits limits, CaptureJournal journal, ICaptureRunner runner, TimeProvider clock)
    {
        _limits = limits;
        _journal = journal;
        _runner = runner;
        _clock = clock;
    }

    /// <summary>Every attempt, the newest first.</summary>
    public CaptureLine[] Lines
    {
        get
        {
            lock (_lock)
            {
                return
                [
                    .. _journal.Open.Select(LineOf).Concat(_journal.Ended).Concat(_refused).OrderByDescending(line => line.RequestedAt),
                ];
            }
        }
    }

    /// <summary>Asks for a capture. A second signal ends the window of the one under way.</summary>
    public CaptureAnswer Request(Worker worker, CaptureTrigger trigger)
    {
        CaptureOrder order = new()
        {
            CaptureId = CaptureId.Create(worker.Pid, _clock),
            Pid = worker.Pid,
            StartTimeTicks = worker.StartTimeTicks,
            WorkerName = worker.Name,
            Trigger = trigger,
            RequestedAt = _clock.GetUtcNow(),
        };
        lock (_lock)
        {
            if (_journal.Open.FirstOrDefault(open => IsSameWorker(open, order)) is { } open)
            {
                return Join(open, trigger);
            }

            if ((worker.WhyNoCapture ?? ReasonToRefuse(order)) is { } reason)
            {
                return Refuse(order, reason);
            }

            _journal.Promise(order);
            StartNext();
            return new(CaptureAnswerKind.Accepted, order.CaptureId, _running.ContainsKey(order.CaptureId)
                ? $"capture {order.CaptureId} of process {order.Pid} ({order.WorkerName}) has begun"
                : $"capture {order.CaptureId} of process {order.Pid} ({order.WorkerName}) waits for its turn: {_limits.MostAtOnce} run at once on this node");
        }
    }

    /// <summary>
    /// Takes up what an earlier agent had promised: automatic captures of workers that still live, unless they were what ended it.
    /// </summary>
    public void Resume(Func<CaptureOrder, bool> lives)
    {
        lock (_lock)
        {
            foreach (CaptureOrder order in _journal.Open.ToArray())
            {
                if (_runner.Done(order) is { } done)
                {
                    _journal.End(order, Ended(order, done));
                    continue;
                }

                string? reason = !lives(order) ? "the agent ended during the capture, and the worker has ended since"
                    : !order.IsAutomatic ? "the agent ended during the capture: ask for another one"
                    : order.Interruptions >= MostInterruptions ? "the agent ended twice during this capture, which is not tried again"
                    : null;
                if (reason is null)
                {
                    _journal.Replace(order with { Interruptions = order.Interruptions + 1 });
                }
                else
                {
                    CaptureResult result = new(lives(order) ? CaptureOutcome.Failed : CaptureOutcome.WorkerExited, null, reason);
                    _journal.End(order, Ended(order, result));
                    _runner.Abandoned(order, result);
                }
            }

            StartNext();
        }
    }

    /// <summary>Begins nothing more, takes back what runs and waits for its report. Workers go on as before.</summary>
    public async Task StopAsync()
    {
        Task[] running;
        lock (_lock)
        {
            _isClosed = true;
            running = [.. _running.Values.Select(capture => capture.Completion)];
        }

        await _stopping.CancelAsync();
        await Task.WhenAll(running);
    }

    public void Dispose() => _stopping.Dispose();

    private static bool IsSameWorker(CaptureOrder one, CaptureOrder other) =>
        one.Pid == other.Pid && one.StartTimeTicks == other.StartTimeTicks;

    private CaptureAnswer Join(CaptureOrder open, CaptureTrigger trigger)
    {
        if (trigger.Kind == TriggerKind.Signal && open.Trigger.Kind == TriggerKind.Signal && _running.TryGetValue(open.CaptureId, out RunningCapture? running) && running.TryFinish())
        {
            return new(CaptureAnswerKind.Finishing, open.CaptureId, $"capture {open.CaptureId} of process {open.Pid} ({open.WorkerName}) takes its final snapshot now");
        }

        return new(CaptureAnswerKind.Coalesced, open.CaptureId, $"capture {open.CaptureId} of process {open.Pid} ({open.WorkerName}) is under way already");
    }

    private string? ReasonToRefuse(CaptureOrder order)
    {
        if (_isClosed)
        {
            return "the agent is about to stop";
        }

        if (_journal.Open.Count >= MostWaiting + _limits.MostAtOnce)
        {
            return $"{MostWaiting} captures wait for their turn already";
        }

        return order.IsAutomatic ? ReasonToWait(order) : null;
    }

    private string? ReasonToWait(CaptureOrder order)
    {
        DateTimeOffset now = _clock.GetUtcNow();
        DateTimeOffset? last = _journal.Ended.LastOrDefault(line => line.Pid == order.Pid && line.StartTimeTicks == order.StartTimeTicks)?.EndedAt;
        if (last is { } at && IsWithin(_limits.Cooldown, at, now))
        {
            return string.Create(CultureInfo.InvariantCulture, $"process {order.Pid} ({order.WorkerName}) was captured at {at:HH:mm:ss} UTC and is left alone until {at + _limits.Cooldown:HH:mm:ss} (HeapDrift:Captures:Cooldown)");
        }

        int today = _journal.Ended.Count(line => IsAutomatic(line.Trigger) && IsWithin(Day, line.RequestedAt, now)) + _journal.Open.Count(open => open.IsAutomatic);
        return today >= _limits.DailyBudget
            ? $"alerts and the detector have started {today} captures within a day, which is all that this node allows (HeapDrift:Captures:DailyBudget)"
            : null;
    }

    /// <summary>Of what lies ahead no more counts than of what is past: a clock that was set back by a month must not end captures for a month.</summary>
    private static bool IsWithin(TimeSpan time, DateTimeOffset at, DateTimeOffset now) => (now - at).Duration() < time;

    private static bool IsAutomatic(CaptureTrigger trigger) => trigger.Kind is TriggerKind.Alert or TriggerKind.Detector;

    private CaptureAnswer Refuse(CaptureOrder order, string reason)
    {
        _refused.Enqueue(Line(order, CaptureState.Refused, reason) with { CaptureId = null, EndedAt = order.RequestedAt });
        while (_refused.Count > MostRefused)
        {
            _refused.Dequeue();
        }

        _runner.Refused(order, reason);
        return new(CaptureAnswerKind.Refused, null, reason);
    }

    private void StartNext()
    {
        foreach (CaptureOrder order in _journal.Open.Where(order => !_running.ContainsKey(order.CaptureId)).Take(Math.Max(0, _limits.MostAtOnce - _running.Count)).ToArray())
        {
            if (_isClosed)
            {
                return;
            }

            var capture = new RunningCapture();
            _running.Add(order.CaptureId, capture);
            capture.Completion = Task.Run(() => RunAsync(order, capture));
        }
    }

    private async Task RunAsync(CaptureOrder order, RunningCapture capture)
    {
        CaptureResult result = await _runner.RunAsync(order, capture, capture.Finish, _stopping.Token);
        lock (_lock)
        {
            // What the agent's own stop took back is still promised, where nobody can ask again.
            if (!(result.Outcome == CaptureOutcome.Cancelled && _isClosed && order.IsAutomatic))
            {
                _journal.End(order, Ended(order, result));
            }

            _running.Remove(order.CaptureId);
            StartNext();
        }
    }

    private CaptureLine LineOf(CaptureOrder order) => _running.TryGetValue(order.CaptureId, out RunningCapture? capture)
        ? Line(order, CaptureState.Running, capture.Message)
        : Line(order, CaptureState.Waiting, "waits for its turn");

    private CaptureLine Ended(CaptureOrder order, CaptureResult result) =>
        Line(order, CaptureState.Ended, result.Message) with { EndedAt = _clock.GetUtcNow(), Outcome = result.Outcome, Verdict = result.Verdict };

    private static CaptureLine Line(CaptureOrder order, CaptureState state, string message) => new()
    {
        CaptureId = order.CaptureId,
        Pid = order.Pid,
        StartTimeTicks = order.StartTimeTicks,
        WorkerName = order.WorkerName,
        Trigger = order.Trigger,
        RequestedAt = order.RequestedAt,
        State = state,
        Message = message,
    };
}
