namespace HeapDrift.TestKit;

/// <summary>Where things are in the clone whose tests run, in the configuration (debug or release) in which the tests were built.</summary>
public static class RepositoryPaths
{
    private const string Solution = "HeapDrift.slnx";

    public static string Root { get; } = FindRoot();

    /// <summary>"debug" or "release": the tests run from artifacts/bin/PROJECT/CONFIGURATION.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Name.Split('_')[0];

    public static string TestResults => Path.Combine(Root, "artifacts", "test-results");

    /// <summary>The executable of src/Collector.</summary>
    public static string HeapDrift => Path.Combine(Output("Collector"), "heapdrift");

    /// <summary>A file or folder of the clone, by its path from the root.</summary>
    public static string File(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    /// <summary>The build output of a project; with a runtime identifier that of a project that sets one.</summary>
    public static string Output(string project, string? runtimeIdentifier = null) =>
        File("artifacts", "bin", project, runtimeIdentifier is null ? Configuration : $"{Configuration}_{runtimeIdentifier}");

    /// <summary>The plain worker on .NET 8, 9 (each with its own runtime beside it) or 10 (the installed one).</summary>
    public static string PlainWorker(int major) => major switch
    {
        8 or 9 => Path.Combine(Output($"PlainWorker{major}", "linux-x64"), $"PlainWorker{major}"),
        10 => Path.Combine(Output("PlainWorker10"), "PlainWorker10"),
        _ => throw new ArgumentOutOfRangeException(nameof(major), major, "There are plain workers for .NET 8, 9 and 10"),
    };

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Path.Exists(Path.Combine(folder.FullName, Solution)))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No {Solution} above {AppContext.BaseDirectory}");
    }
}
