using System.Globalization;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Tests.Discovery;

/// <summary>A /proc of plain files, for processes that no test could make come and go like this.</summary>
internal sealed class FakeProcesses : IDisposable
{
    private const double TicksPerSecond = 100;

    private readonly string _root = Directory.CreateTempSubdirectory("heapdrift-proc-").FullName;

    public FakeProcesses() => SetUptime(TimeSpan.FromHours(10));

    public ProcFileSystem Files => new(_root);

    /// <summary>The machine's, against which the age of processes counts.</summary>
    public void SetUptime(TimeSpan uptime) =>
        File.WriteAllText(Path.Join(_root, "uptime"), string.Create(CultureInfo.InvariantCulture, $"{uptime.TotalSeconds:0.00} 1.00\n"));

    public static long TicksAt(TimeSpan uptime) => (long)(uptime.TotalSeconds * TicksPerSecond);

    public FakeProcesses Put(FakeProcess process)
    {
        string folder = Folder(process.Pid);
        Directory.CreateDirectory(folder);
        Write("stat", $"{process.Pid} ({process.Command}) S {process.ParentPid} {Numbers(17)} {process.StartTimeTicks} {process.VirtualBytes} {Numbers(14)} {process.ExitSignal} 0\n");
        Write("status", Status(process));
        Write("cmdline", process.CommandLine.Replace('|', '\0') + "\0");
        Write("environ", process.Environment.Replace('|', '\0') + "\0");
        Write("maps", process.IsDotNet ? "7f00-7f01 r--p 0 08:01 9 /shared/Microsoft.NETCore.App/10.0.12/libcoreclr.so\n" : "7f00-7f01 r--p 0 08:01 9 /lib/libc.so.6\n");
        File.Delete(Path.Join(folder, "exe"));
        File.CreateSymbolicLink(Path.Join(folder, "exe"), process.Executable);
        return this;

        void Write(string file, string content) => File.WriteAllText(Path.Join(folder, file), content);
    }

    public void Break(int pid) => File.WriteAllText(Path.Join(Folder(pid), "status"), "Name: broken\n");

    public void End(int pid) => Directory.Delete(Folder(pid), recursive: true);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static string Status(FakeProcess process) =>
        $"Name:\t{process.Command}\nState:\tS (sleeping)\nTgid:\t{process.Pid}\nPid:\t{process.Pid}\nPPid:\t{process.ParentPid}\nTracerPid:\t0\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nGroups:\t0 \n"
        + $"NSpid:\t{process.Pid}\n{(process.HasMemory ? "VmRSS:\t  2048 kB\n" : "")}Threads:\t1\nSigBlk:\t0\nSigIgn:\t0\nSigCgt:\t0\nCapPrm:\t0\nCapEff:\t0\n";

    private static string Numbers(int count) => string.Join(' ', Enumerable.Repeat("0", count));

    private string Folder(int pid) => Path.Join(_root, pid.ToString(CultureInfo.InvariantCulture));
}

/// <summary>One process of <see cref="FakeProcesses"/>: a gunicorn unless something else is said, started an hour before the machine's tenth.</summary>
internal sealed record FakeProcess(int Pid)
{
    public int ParentPid { get; init; } = 1;

    public long StartTimeTicks { get; init; } = FakeProcesses.TicksAt(TimeSpan.FromHours(9));

    public string Command { get; init; } = "gunicorn";

    /// <summary>With bars between the arguments.</summary>
    public string CommandLine { get; init; } = "/usr/bin/python3|/usr/bin/gunicorn|-w|4";

    public string Executable { get; init; } = "/usr/bin/python3.11";

    /// <summary>With bars between the variables.</summary>
    public string Environment { get; init; } = "";

    /// <summary>As the kernel does, another one for another program.</summary>
    public int VirtualBytes => (CommandLine.Length * 4096) + (IsDotNet ? 1 << 30 : 0);

    public int ExitSignal { get; init; } = 17;

    public bool IsDotNet { get; init; }

    public bool HasMemory { get; init; } = true;
}
