namespace HeapDrift.Instrumentation.Captures;

/// <summary>Where the reports of this worker go.</summary>
internal static class OutputFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>
    /// The folder, made where it does not exist and then closed to everybody else: a report names the types of an application. A folder
    /// that is there already keeps its mode.
    /// </summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public static string Prepare(string? configured)
    {
        string folder = string.IsNullOrWhiteSpace(configured)
            ? Path.Join(Path.GetTempPath(), "heapdrift-" + Environment.UserName)
            : Path.GetFullPath(configured);
        return OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(folder).FullName
            : Directory.CreateDirectory(folder, OwnerOnly).FullName;
    }
}
