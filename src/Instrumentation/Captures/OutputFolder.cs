using HeapDrift.Profiling.Proc;

namespace HeapDrift.Instrumentation.Captures;

/// <summary>Where the reports of this worker go.</summary>
internal static class OutputFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The folder, made where it does not exist and then closed to everybody else: a report names the types of an application.</summary>
    /// <exception cref="IOException">It cannot be made, or somebody else may have made the default one.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be made.</exception>
    public static string Prepare(string? configured)
    {
        bool isConfigured = !string.IsNullOrWhiteSpace(configured);
        string path = isConfigured ? Path.GetFullPath(configured!) : Path.Join(Path.GetTempPath(), "heapdrift-" + CurrentUser.Name);
        if (OperatingSystem.IsWindows())
        {
            return Directory.CreateDirectory(path).FullName;
        }

        var folder = Directory.CreateDirectory(path, OwnerOnly);

        // Everybody may make folders among the temporary files, also one of this name.
        if (!isConfigured && (folder.LinkTarget is not null || folder.UnixFileMode != OwnerOnly))
        {
            throw new IOException($"{path} is open to other users or a link; remove it or set HeapDrift__OutputDirectory");
        }

        return folder.FullName;
    }
}
