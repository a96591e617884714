using System.Globalization;

namespace HeapDrift.Profiling.Detection;

/// <summary>
/// Tells from the memory of one process whether it leaks: a rise that is significant, large enough, steady to its end, and above all that was
/// there before. Looked at in three windows, because a leak of a megabyte a second and one of ten a day have nothing in common, and in
/// the managed heap as well as in all memory, because either may leak without the other showing it. One for each process; for one caller at a
/// time; some kilobytes.
/// </summary>
internal sealed class LeakDetector(LeakDetectorOptions options)
{
    /// <summary>Mann-Kendall can be as sure as it is asked to be from twelve values on; more make a smoother slope.</summary>
    private const int Intervals = 20;

    /// <summary>The least rise, as a share of the memory before: the shorter the window, the more of it is load that comes and goes.</summary>
    private static readonly LeakWindow[] Windows =
    [
        new(TimeSpan.FromMinutes(10), 0.20, TimeSpan.FromMinutes(15)),
        new(TimeSpan.FromMinutes(40), 0.12, TimeSpan.FromMinutes(45)),
        new(TimeSpan.FromMinutes(100), 0.20, TimeSpan.FromMinutes(100)),
        new(TimeSpan.FromHours(4), 0.32, null),
        new(TimeSpan.FromHours(26), 0.10, null),
    ];

    /// <summary>Suspicion is told again when the process has grown by half since.</summary>
    private const double GrownSince = 1.5;

    /// <summary>And when it has come back and grows anew. What only pauses is not told twice.</summary>
    private const double FallenSince = 0.9;

    private readonly Lens[] _lenses =
    [
        .. Windows.Select(window => new Lens(window, isHeap: false)),
        .. Windows.Select(window => new Lens(window, isHeap: true)),
    ];

    private DateTimeOffset? _first;
    private DateTimeOffset? _last;
    private long? _suspectedAt;

    /// <summary>Takes one sample; the further apart they are, the longer the windows that see anything.</summary>
    /// <param name="sample">Later than those before; else, and after a gap, the detector starts anew.</param>
    /// <param name="limitBytes">Of the control group. Null where there is none.</param>
    public LeakAssessment Observe(MemorySample sample, long? limitBytes)
    {
        if (_last is { } last && (sample.At < last || sample.At - last > options.LongestGap))
        {
            Restart();
        }

        _first ??= sample.At;
        _last = sample.At;
        if (sample.At - _first < options.WarmUp)
        {
            return Assess(LeakState.WarmingUp, null, sample, limitBytes, "it has been watched for too short a time");
        }

        foreach (Lens lens in _lenses)
        {
            lens.Add(sample, options.FloorBytes);
        }

        // Of several the one that grows fastest: it is what ends the process.
        Lens? leaking = _lenses.Where(lens => lens.State == LeakState.Suspected && (lens.MostTimeToLimit is not { } most || TimeToLimit(lens, sample, limitBytes) < most)).MaxBy(lens => lens.BytesPerSecond);
        if (leaking is not null)
        {
            return Assess(LeakState.Suspected, leaking, sample, limitBytes, leaking.Describe());
        }

        Lens? grown = Array.Find(_lenses, lens => lens.State == LeakState.Plateau);
        Lens? full = Array.Find(_lenses, lens => lens.State != LeakState.WarmingUp);
        return grown is not null ? Assess(LeakState.Plateau, grown, sample, limitBytes, "it has grown, in a step or ever slower")
            : full is not null ? Assess(LeakState.Healthy, full, sample, limitBytes, "it does not keep growing")
            : Assess(LeakState.WarmingUp, null, sample, limitBytes, "it has been watched for too short a time");
    }

    private LeakAssessment Assess(LeakState state, Lens? lens, MemorySample sample, long? limitBytes, string reason)
    {
        if (sample.UsedBytes < _suspectedAt * FallenSince)
        {
            _suspectedAt = null;
        }

        bool isNew = state == LeakState.Suspected && (_suspectedAt is not { } before || sample.UsedBytes >= before * GrownSince);
        _suspectedAt = isNew ? sample.UsedBytes : _suspectedAt;
        return new()
        {
            State = state,
            IsNewSuspicion = isNew,
            GrowthBytesPerSecond = lens?.BytesPerSecond,
            TimeToLimit = lens is null ? null : TimeToLimit(lens, sample, limitBytes),
            Reason = reason,
        };
    }

    /// <summary>Beyond thirty years nothing is said.</summary>
    private static TimeSpan? TimeToLimit(Lens lens, MemorySample sample, long? limitBytes) =>
        limitBytes is { } limit && lens.BytesPerSecond is > 0 and double growth && (limit - sample.UsedBytes) / growth is < 1e9 and double seconds
            ? TimeSpan.FromSeconds(Math.Max(0, seconds))
            : null;

    private void Restart()
    {
        (_first, _last, _suspectedAt) = (null, null, null);
        foreach (Lens lens in _lenses)
        {
            lens.Clear();
        }
    }

    /// <summary>One signal in one window.</summary>
    private sealed class Lens(LeakWindow window, bool isHeap)
    {
        private readonly FloorSeries _floor = new(window.Length / Intervals, Intervals);
        private Trend _trend;

        public TimeSpan? MostTimeToLimit => window.MostTimeToLimit;

        public LeakState State { get; private set; }

        /// <summary>Null while the window is not full.</summary>
        public double? BytesPerSecond => State == LeakState.WarmingUp ? null : _trend.Slope / _floor.Interval.TotalSeconds;

        public void Add(MemorySample sample, long floorBytes)
        {
            if ((isHeap ? sample.LiveHeapBytes : sample.UsedBytes) is not { } bytes)
            {
                Clear();
            }
            else if (_floor.Add(sample.At, bytes))
            {
                Judge(floorBytes);
            }
        }

        public void Clear()
        {
            _floor.Clear();
            State = LeakState.WarmingUp;
        }

        public string Describe() => string.Create(
            CultureInfo.InvariantCulture,
            $"{(isHeap ? "its live managed heap" : "its memory")} grew by {_trend.Rise / (1 << 20):N0} MB within {Duration(window.Length)}, steadily and above all before");

        private static string Duration(TimeSpan window) =>
            window < TimeSpan.FromHours(1) ? $"{window.TotalMinutes:0} minutes" : $"{window.TotalHours:0} hours";

        private void Judge(long floorBytes)
        {
            if (!_floor.IsFull)
            {
                // Too young, or read too rarely for this window.
                State = LeakState.WarmingUp;
                return;
            }

            double[] values = _floor.Values;
            _trend = Trend.Of(_floor.Places, values);
            double last = values[^3..].Order().ElementAt(1);

            // What load has used before it may use again: only what lies above counts.
            double above = Math.Min(_trend.Rise, last - (_floor.HighestBefore ?? double.MinValue));
            // The same growth is a smaller share of what has grown: who was suspected stays so while it goes on.
            double leastShare = State == LeakState.Suspected ? 0 : window.LeastShare;
            bool isLarge = above >= floorBytes && above >= leastShare * values[0];
            State = !isLarge || !_trend.IsSignificant ? LeakState.Healthy
                : _trend.IsSteady ? LeakState.Suspected
                : LeakState.Plateau;
        }
    }
}

/// <summary>How far the detector looks back.</summary>
/// <param name="Length">Of the window.</param>
/// <param name="LeastShare">Of the memory before, that the rise must reach.</param>
/// <param name="MostTimeToLimit">
/// A rise that is seen for so short a time may still be a cache that fills, or traffic that moves here. It counts only where the limit is so near
/// that there is no time to be sure. Null where the window is long enough.
/// </param>
internal readonly record struct LeakWindow(TimeSpan Length, double LeastShare, TimeSpan? MostTimeToLimit);
