using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace HeapDrift.Collector.Export;

/// <summary>
/// Gives a trace an id that was chosen before: the exemplar of a metric names the trace before it is sent, and a report that is sent twice
/// must be one trace. .NET asks one function of the process for the id of every new root; inside <see cref="Use"/> it answers with ours.
/// </summary>
internal static class CaptureTraceId
{
    private const int TraceIdBytes = 16;

    private static readonly AsyncLocal<ActivityTraceId?> Chosen = new();

    /// <summary>Once, by the composition root.</summary>
    public static void Install() => Activity.TraceIdGenerator = static () => Chosen.Value ?? ActivityTraceId.CreateRandom();

    /// <summary>
    /// The trace of a capture. It follows from the capture's name, so that an agent that takes up what a killed one began, or finds only its
    /// report, goes on in the same trace; and from the host's, because the workers of many pods have the same pid.
    /// </summary>
    public static ActivityTraceId Of(string captureId) =>
        ActivityTraceId.CreateFromBytes(SHA256.HashData(Encoding.UTF8.GetBytes($"heapdrift.capture/{Environment.MachineName}/{captureId}")).AsSpan(0, TraceIdBytes));

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
