using System.Globalization;
using System.Runtime.InteropServices;
using HeapDrift.Collector.Engines.CopyOnWrite;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Tests.Engines.CopyOnWrite;

/// <summary>
/// A /proc and a /sys/fs/cgroup of plain files in which process 42 is a worker of 1 GB that nothing stands against; tests change one thing.
/// heapdrift is process 7 and has the worker's rights, no more.
/// </summary>
internal sealed class FakeWorker : IDisposable
{
    public const int Pid = 42;
    public const string SysPtrace = "0000000000080000";

    /// <summary>CAP_SYS_PTRACE, and CAP_KILL, CAP_SETGID and CAP_SETUID: bits 19, 5, 6 and 7.</summary>
    public const string SysPtraceAndIdentity = "00000000000800e0";
    public const string NoCapabilities = "0000000000000000";
    public const string Version = "10.0.1226.42308 @Commit: 95017c711e6afc1085133d440e42b4bd78155701";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("heapdrift-");

    public FakeWorker()
    {
        With("proc/self/status", Status(7, "heapdrift"));
        With("proc/7/status", Status(7, "heapdrift"));
        With("proc/1/status", Status(1, "init", parent: 0));
        With("proc/42/status", Status(Pid, "shop", rssKilobytes: 1 << 20));
        WithExecutable(elfClass: 2, machine: 62);
        WithMapping("/app/libcoreclr.so");
        WithLibrary("libcoreclr.so", Version);
        WithLibrary("libmscordaccore.so", Version);
        With("proc/42/cgroup", "0::/\n");
        WithMeminfo(availableMegabytes: 16_000);
    }

    public TracingHost Host { get; set; } = new() { Pid = 7, Architecture = Architecture.X64, PtraceFilterError = null };

    public ProcFileSystem Proc => new(Path.Join(_folder.FullName, "proc"), Path.Join(_folder.FullName, "cgroup"));

    public static string Status(
        int pid,
        string name,
        string state = "S (sleeping)",
        int parent = 1,
        int tracer = 0,
        string uid = "1000\t1000\t1000\t1000",
        string gid = "100\t100\t100\t100",
        string permitted = NoCapabilities,
        string effective = NoCapabilities,
        string? namespacePids = null,
        int rssKilobytes = 1024) => string.Create(
            CultureInfo.InvariantCulture,
            $"Name:\t{name}\nState:\t{state}\nTgid:\t{pid}\nPid:\t{pid}\nPPid:\t{parent}\nTracerPid:\t{tracer}\nUid:\t{uid}\nGid:\t{gid}\nGroups:\t4 100 \nNSpid:\t{namespacePids ?? $"{pid}"}\nVmRSS:\t{rssKilobytes} kB\nThreads:\t9\nSigBlk:\t0\nSigIgn:\t0\nSigCgt:\t0\nCapPrm:\t{permitted}\nCapEff:\t{effective}\n");

    public string PathOf(string path) => Path.Join(_folder.FullName, path);

    public FakeWorker With(string path, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllText(PathOf(path), content);
        return this;
    }

    public FakeWorker Without(string path)
    {
        File.Delete(PathOf(path));
        return this;
    }

    public FakeWorker WithExecutable(byte elfClass, byte machine)
    {
        byte[] header = [0x7F, (byte)'E', (byte)'L', (byte)'F', elfClass, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, machine, 0];
        File.WriteAllBytes(PathOf("proc/42/exe"), header);
        return this;
    }

    public FakeWorker WithMapping(string path, string file = "00:00 9") => With("proc/42/maps", $"7f0000000000-7f0000010000 r--p 00000000 {file}   {path}\n");

    public FakeWorker WithLibrary(string name, string version) => With($"proc/42/root/app/{name}", $"some code\0@(#)Version {version}\0more code");

    public FakeWorker WithYama(int scope) => With("proc/sys/kernel/yama/ptrace_scope", $"{scope}\n");

    public FakeWorker WithMeminfo(long availableMegabytes) =>
        With("proc/meminfo", $"MemTotal: {32_000 * 1024} kB\nMemAvailable: {availableMegabytes * 1024} kB\n");

    /// <summary>Version 2: the worker lives in the group at the root of the mount.</summary>
    public FakeWorker WithGroup(long limitMegabytes, long currentMegabytes, long idleCacheMegabytes = 0) =>
        With("cgroup/cgroup.procs", "42\n")
            .With("cgroup/memory.max", $"{limitMegabytes << 20}\n")
            .With("cgroup/memory.current", $"{currentMegabytes << 20}\n")
            .With("cgroup/memory.stat", $"anon 1\nfile 2\ninactive_file {idleCacheMegabytes << 20}\nactive_file 3\n");

    public PreflightAnswer Check(bool isDeclaredTracer = false) => new CopyOnWritePreflight(Proc, Host).Check(Pid, isDeclaredTracer);

    public CopyOnWritePlan Plan(bool isDeclaredTracer = false)
    {
        PreflightAnswer answer = Check(isDeclaredTracer);
        Assert.True(answer.IsPossible, answer.Refusal?.Reason);
        return answer.Plan;
    }

    /// <summary>The reason of the refusal that there must be.</summary>
    public string Refusal(bool isDeclaredTracer = false)
    {
        PreflightAnswer answer = Check(isDeclaredTracer);
        Assert.False(answer.IsPossible);
        return answer.Refusal.Reason;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
