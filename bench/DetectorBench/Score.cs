namespace HeapDrift.DetectorBench;

/// <summary>How a rule did on many series.</summary>
internal sealed class Score
{
    private readonly List<TimeSpan> _delays = [];
    private readonly Dictionary<string, (int Missed, int Of)> _leaks = [];
    private readonly Dictionary<string, (int Alarms, int Of)> _healthy = [];

    public int Leaks { get; private set; }

    public int Found => _delays.Count;

    public int Healthy { get; private set; }

    public int FalseAlarms { get; private set; }

    public double HealthyDays { get; private set; }

    public double Recall => Leaks == 0 ? 0 : (double)Found / Leaks;

    public TimeSpan? MedianDelay => _delays.Count == 0 ? null : _delays.Order().ElementAt(_delays.Count / 2);

    /// <summary>Kinds of leaks that were missed, and of healthy series that were accused, with how many.</summary>
    public IEnumerable<string> Mistakes =>
    [
        .. _leaks.Where(kind => kind.Value.Missed > 0).Select(kind => $"missed {kind.Value.Missed} of {kind.Value.Of} '{kind.Key}'"),
        .. _healthy.Where(kind => kind.Value.Alarms > 0).Select(kind => $"accused {kind.Value.Alarms} of {kind.Value.Of} '{kind.Key}'"),
    ];

    public void Add(MemorySeries series, TimeSpan? alarm)
    {
        if (series.LeakBegins is { } begins)
        {
            // An alarm before there is a leak is a false one that came in handy.
            bool isFound = alarm >= begins;
            Leaks++;
            (int missed, int of) = _leaks.GetValueOrDefault(series.Kind);
            _leaks[series.Kind] = (missed + (isFound ? 0 : 1), of + 1);
            if (isFound)
            {
                _delays.Add(alarm!.Value - begins);
            }

            return;
        }

        Healthy++;
        HealthyDays += series.Length.TotalDays;
        FalseAlarms += alarm is null ? 0 : 1;
        (int alarms, int all) = _healthy.GetValueOrDefault(series.Kind);
        _healthy[series.Kind] = (alarms + (alarm is null ? 0 : 1), all + 1);
    }
}
