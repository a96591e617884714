using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Engines.CopyOnWrite;

/// <summary>A plain worker where every user may read it, unlike the folder of a root who runs the tests.</summary>
internal sealed class ProgramOfAnybody : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("heapdrift-test-").FullName;
    private readonly string _executable;

    public ProgramOfAnybody()
    {
        string original = RepositoryPaths.PlainWorker(10);
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(original)!))
        {
            File.Copy(file, Path.Join(_folder, Path.GetFileName(file)));
        }

        File.SetUnixFileMode(_folder, (UnixFileMode)0b111_101_101);
        _executable = Path.Join(_folder, Path.GetFileName(original));
    }

    /// <param name="rights">For setpriv(1). Who is not root runs it with their own.</param>
    public Task<PlainWorker> StartAsync(params string[] rights)
    {
        string[] worker = [_executable, "--nodes", "500000"];
        return PlainWorker.StartAsync(Environment.IsPrivilegedProcess
            ? new ChildProcessStart("setpriv", [.. rights, .. worker])
            : new ChildProcessStart(worker[0], worker[1..]));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
