using System.Globalization;

namespace HeapDrift.Profiling.Proc;

/// <summary>Who runs this process, for folders that each user has one of.</summary>
internal static class CurrentUser
{
    /// <summary>The number of the user where no passwd file knows a name, as for most containers: nameless users are not one user.</summary>
    public static string Name => NameOr(Environment.UserName, () => new ProcFileSystem().TryReadOwnStatus().Value?.Uid.Effective);

    internal static string NameOr(string name, Func<uint?> readUid) =>
        name.Length > 0 ? name : readUid()?.ToString(CultureInfo.InvariantCulture) ?? "unknown";
}
