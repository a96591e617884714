using System.Diagnostics;

namespace HeapDrift.Collector.Export;

/// <summary>
/// Gives a trace an id that was chosen before: the exemplar of a metric names the trace before it is sent, and a report that is sent twice
/// must be one trace. .NET asks one function of the process for the id of every new root; inside <see cref="Use"/> it answers with ours.
/// </summary>
internal static class CaptureTraceId
{
    private static readonly AsyncLocal<ActivityTraceId?> Chosen = new();

    /// <summary>Once, by the composition root.</summary>
    public static void Install() => Activity.TraceIdGenerator = static () => Chosen.Value ?? ActivityTraceId.CreateRandom();

    /// <summary>Roots that the action starts belong to this trace.</summary>
    public static void Use(ActivityTraceId id, Action action)
    {
        Chosen.Value = id;
        try
        {
            action();
        }
        finally
        {
            Chosen.Value = null;
        }
    }

    /// <summary>Measurements that the action makes carry this trace as their exemplar.</summary>
    public static void Measure(ActivityTraceId id, Action action)
    {
        Activity? callers = Activity.Current;
        using var activity = new Activity(nameof(Measure));
        activity.SetParentId(id, ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        activity.Start();
        try
        {
            action();
        }
        finally
        {
            activity.Stop();
            Activity.Current = callers;
        }
    }
}
