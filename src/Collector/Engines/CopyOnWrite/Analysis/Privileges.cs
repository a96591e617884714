using System.Globalization;
using System.Runtime.InteropServices;
using HeapDrift.Profiling.Captures;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Analysis;

/// <summary>
/// Gives up for good what the worker does not have. The DAC is native code from the worker's file system: with the worker's own identity, or
/// nobody's, it can do no more than the worker could.
/// </summary>
internal static partial class Privileges
{
    /// <exception cref="AnalysisException">They cannot be given up, so the DAC must not be loaded.</exception>
    public static void DropTo(CopyOnWritePlan plan)
    {
        ReaderIdentity reader = plan.Reader;
        if (reader.Uid == EffectiveUser() && reader.Gid == EffectiveGroup())
        {
            return;
        }

        // Groups first: they may be set no more once the user has changed.
        uint[] groups = [.. reader.Groups];
        if (SetGroups((nuint)groups.Length, groups) != 0)
        {
            throw Refused("setgroups");
        }

        if (SetGroup(reader.Gid, reader.Gid, reader.Gid) != 0)
        {
            throw Refused("setresgid");
        }

        if (SetUser(reader.Uid, reader.Uid, reader.Uid) != 0)
        {
            throw Refused("setresuid");
        }

        // What cannot be seen would be taken for gone.
        if (!Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{plan.Pid}")))
        {
            throw new AnalysisException(
                CaptureOutcome.NotPermitted,
                $"/proc shows the worker to its user and root only (hidepid), and its copy would be read as uid {reader.Uid}, because the worker is root with fewer capabilities than heapdrift: mount /proc without hidepid, or run the service as an ordinary user");
        }
    }

    private static AnalysisException Refused(string call) => new(
        CaptureOutcome.NotPermitted,
        $"heapdrift may trace the worker but not take its identity to read it ({call}, error {Marshal.GetLastPInvokeError()}): run it as the worker's user, or with CAP_SETUID and CAP_SETGID too");

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "getegid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint EffectiveGroup();

    [LibraryImport("libc", EntryPoint = "setgroups", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetGroups(nuint count, uint[] groups);

    [LibraryImport("libc", EntryPoint = "setresgid", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetGroup(uint real, uint effective, uint saved);

    [LibraryImport("libc", EntryPoint = "setresuid", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetUser(uint real, uint effective, uint saved);
}
