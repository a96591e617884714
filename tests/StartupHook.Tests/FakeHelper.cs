using HeapDrift.TestKit;

namespace HeapDrift.StartupHook.Tests;

/// <summary>
/// A <c>heapdrift</c> that is a shell script: it notes its arguments and waits for the end of its input, as in a window without end.
/// </summary>
internal sealed class FakeHelper : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fake-heapdrift-").FullName;

    public FakeHelper()
    {
        File.WriteAllText(FilePath, """
            #!/bin/sh
            here=$(dirname "$0")
            echo "$@" >> "$here/starts"
            cat > /dev/null
            echo end >> "$here/ends"
            exit 1

            """);
        File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string FilePath => Path.Join(_folder, "heapdrift");

    public string OutputFolder => Path.Join(_folder, "reports");

    /// <summary>The arguments of each start.</summary>
    public IReadOnlyList<string> Starts => Lines("starts");

    public IReadOnlyList<string> Ends => Lines("ends");

    public (string Name, string? Value)[] Environment =>
        [("HeapDrift__CollectorPath", FilePath), ("HeapDrift__OutputDirectory", OutputFolder)];

    public Task StartedAsync() => Eventually.HoldsAsync(() => Starts.Count > 0, HookedProcess.Patience, "the helper is started");

    public Task EndedAsync() => Eventually.HoldsAsync(() => Ends.Count > 0, HookedProcess.Patience, "the helper is told to end");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string[] Lines(string name) => Path.Join(_folder, name) is var path && File.Exists(path) ? File.ReadAllLines(path) : [];
}
