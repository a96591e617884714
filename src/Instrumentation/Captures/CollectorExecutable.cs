namespace HeapDrift.Instrumentation.Captures;

/// <summary>Where the <c>heapdrift</c> executable is.</summary>
internal static class CollectorExecutable
{
    private const string Name = "heapdrift";

    /// <summary>Null when it is in none of the places that <paramref name="searched"/> then lists.</summary>
    /// <param name="configured">The option; set, it is the only place.</param>
    /// <param name="baseDirectory">The folder of the application.</param>
    /// <param name="path">The value of <c>PATH</c>.</param>
    /// <param name="searched">Every place looked at, in order.</param>
    public static string? Find(string? configured, string baseDirectory, string? path, out IReadOnlyList<string> searched)
    {
        searched = string.IsNullOrWhiteSpace(configured)
            ? [
                Path.Join(baseDirectory, Name),
                Path.Join(baseDirectory, Name, Name),
                .. (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Join(folder, Name)),
            ]
            : [Path.GetFullPath(configured)];
        return searched.FirstOrDefault(File.Exists);
    }
}
