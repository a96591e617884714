namespace HeapDrift.Profiling.Tests.Proc;

/// <summary>A /proc and a /sys/fs/cgroup of plain files in a temporary folder, removed with the test.</summary>
internal sealed class FixtureFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("heapdrift-");

    public string ProcRoot => Path.Combine(_folder.FullName, "proc");

    public string CgroupRoot => Path.Combine(_folder.FullName, "cgroup");

    /// <param name="path">For example <c>proc/42/status</c>.</param>
    public FixtureFolder With(string path, string content)
    {
        string file = Path.Combine(_folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
        return this;
    }

    /// <summary>The cgroup mount as process 42 sees it from inside its own mount namespace.</summary>
    public FixtureFolder WithWorkersCgroup(string path, string content) =>
        With("proc/42/root/sys/fs/cgroup/" + path, content);

    public void Dispose() => _folder.Delete(recursive: true);
}
