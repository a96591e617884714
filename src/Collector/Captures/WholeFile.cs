namespace HeapDrift.Collector.Captures;

/// <summary>Writes a file whole or not at all: under a hidden name first, then renamed.</summary>
internal static class WholeFile
{
    /// <exception cref="IOException">For example no space is left. Nothing stays behind; an older file keeps its content.</exception>
    public static void Write(string path, string content)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        string hidden = Path.Join(folder, $".{Path.GetFileName(path)}.{Environment.ProcessId}");
        try
        {
            File.WriteAllText(hidden, content);
            File.Move(hidden, path, overwrite: true);
        }
        catch
        {
            File.Delete(hidden);
            throw;
        }
    }
}
