namespace HeapDrift.StartupHook.Tests;

/// <summary>A copy of the hook's folder without one of its files.</summary>
internal sealed class BrokenHook : IDisposable
{
    public BrokenHook(string missing)
    {
        foreach (var file in Directory.GetFiles(HookedProcess.HookFolder).Where(file => System.IO.Path.GetFileName(file) != missing))
        {
            File.Copy(file, System.IO.Path.Join(Path, System.IO.Path.GetFileName(file)));
        }
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("broken-hook-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
