using System.Globalization;

namespace HeapDrift.Collector.Native;

/// <summary>
/// If memory runs out while a heap is read, the kernel shall take the tool and not the worker, which may share a control group with it
/// (proc_pid_oom_score_adj(5); raising one's own score needs no permission).
/// </summary>
internal static class OomScore
{
    private const string First = "1000";

    public static void VolunteerAsVictim() => Volunteer("self");

    /// <summary>Another process of ours, in its stead.</summary>
    public static void VolunteerAsVictim(int pid) => Volunteer(pid.ToString(CultureInfo.InvariantCulture));

    private static void Volunteer(string process)
    {
        try
        {
            File.WriteAllText($"/proc/{process}/oom_score_adj", First);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // A read-only /proc: the snapshot itself is as good without it.
        }
    }
}
