using System.Globalization;

namespace HeapDrift.Collector.Demo;

/// <summary>
/// Where the demo's agent works: hidden in the folder for reports, since an agent wants a folder of its own and the next one may be another agent's. What
/// is to be kept moves out of it.
/// </summary>
internal sealed class DemoFolder : IDisposable
{
    private readonly string _output;

    /// <exception cref="IOException">The folder cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">Likewise.</exception>
    public DemoFolder(string output)
    {
        _output = output;
        Path = Directory.CreateDirectory(System.IO.Path.Join(output, string.Create(CultureInfo.InvariantCulture, $".demo-{Environment.ProcessId}"))).FullName;
    }

    public string Path { get; }

    /// <summary>The folder of the report, which is renamed to this name when it is whole; null while there is none.</summary>
    public string? Report => Directory.GetDirectories(Path).FirstOrDefault(folder => System.IO.Path.GetFileName(folder)[0] != '.');

    /// <summary>Moves the report to where the others are and returns its folder.</summary>
    public string Keep(string report)
    {
        string kept = System.IO.Path.Join(_output, System.IO.Path.GetFileName(report));
        Directory.Move(report, kept);
        return kept;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
