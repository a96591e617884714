using System.Runtime.InteropServices;

namespace HeapDrift.Collector.Native;

/// <summary>
/// Lets the kernel end this process after a time, whatever hangs by then and whichever locks it holds: alarm(2), whose signal nobody handles here.
/// </summary>
internal static partial class Alarm
{
    /// <summary>Forgets one that was set. Done once before, it also spares <see cref="Set"/> the loader's lock, in which something may hang.</summary>
    public static void Clear() => _ = SystemAlarm(0);

    public static void Set(TimeSpan delay) => _ = SystemAlarm((uint)Math.Ceiling(delay.TotalSeconds));

    [LibraryImport("libc", EntryPoint = "alarm")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint SystemAlarm(uint seconds);
}
