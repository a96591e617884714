namespace HeapDrift.TestKit;

/// <summary>A folder that is gone after the test.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("heapdrift-test-").FullName;

    public string File(string name) => System.IO.Path.Join(Path, name);

    /// <summary>The folders of finished captures.</summary>
    public IReadOnlyList<string> Captures => [.. Directory.GetDirectories(Path).Where(folder => System.IO.Path.GetFileName(folder)[0] != '.')];

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
