namespace HeapDrift.Profiling.Proc;

/// <summary>
/// Who may trace whom beyond what uids say, from <c>/proc/sys/kernel/yama/ptrace_scope</c> (Documentation/admin-guide/LSM/Yama.rst of the
/// kernel; enforced by <c>yama_ptrace_access_check</c> in security/yama/yama_lsm.c).
/// </summary>
internal enum YamaScope
{
    /// <summary>Nothing is asked beyond the uids.</summary>
    Classic = 0,

    /// <summary>Only descendants, and processes that declared their tracer with PR_SET_PTRACER.</summary>
    Restricted = 1,

    /// <summary>Only with CAP_SYS_PTRACE.</summary>
    AdminOnly = 2,

    /// <summary>Nobody, and only a reboot changes that.</summary>
    NoAttach = 3,
}

internal static class YamaScopes
{
    /// <exception cref="InvalidDataException">It is none of the four numbers.</exception>
    public static YamaScope Parse(string text, string source) => text.Trim() switch
    {
        "0" => YamaScope.Classic,
        "1" => YamaScope.Restricted,
        "2" => YamaScope.AdminOnly,
        "3" => YamaScope.NoAttach,
        _ => throw new InvalidDataException($"{source}, line 1: expected a number from 0 to 3"),
    };
}
