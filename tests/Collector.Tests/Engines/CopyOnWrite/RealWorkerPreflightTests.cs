using System.Globalization;
using HeapDrift.Collector.Engines.CopyOnWrite;
using HeapDrift.Profiling.Proc;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Engines.CopyOnWrite;

/// <summary>What a real kernel and real runtimes show; the workers run as the user of the tests.</summary>
public sealed class RealWorkerPreflightTests
{
    private const int SigStop = 19;
    private const uint SomebodyElse = 12345;
    private const string Dac = "libmscordaccore.so";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(10)]
    public async Task WorkerOnEverySupportedRuntimeGetsAPlan(int major)
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(major);

        PreflightAnswer answer = Check(worker.Id);

        Assert.True(answer.IsPossible, answer.Refusal?.Reason);
        Assert.Equal($"/proc/{worker.Id}/root{Path.GetDirectoryName(answer.Plan.CoreClrPath)}/{Dac}", answer.Plan.DacPath);
        Assert.True(File.Exists(answer.Plan.DacPath));
        Assert.InRange(answer.Plan.ExpectedCostBytes, 8 << 20, 1 << 30);
        Assert.False(new HeadroomWatch(new ProcFileSystem(), answer.Plan).IsAtRisk());
    }

    [Fact]
    public async Task TracedWorkerIsRefusedWithTheNameOfItsTracer()
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(10);
        ProcessStatus own = new ProcFileSystem().TryReadOwnStatus().Value!;

        string? reason = null;
        NativeThread.Run(() =>
        {
            // The worker runs on, and is free again when this thread has ended.
            NativeThread.Seize(worker.Id);
            reason = Check(worker.Id).Refusal?.Reason;
        });

        Assert.Contains($"is traced by process {Environment.ProcessId} ({own.Name}), and", reason, StringComparison.Ordinal);
        await Eventually.HoldsAsync(() => Check(worker.Id).IsPossible, Deadline, "the kernel has ended the thread and the tracing with it");
    }

    [Fact]
    public async Task StoppedWorkerIsRefused()
    {
        await using PlainWorker worker = await PlainWorker.StartAsync(10);
        worker.Process.Signal(SigStop);
        await Eventually.HoldsAsync(() => new ProcFileSystem().TryReadStatus(worker.Id).Value?.State == 'T', Deadline, "the worker stops");

        Assert.Contains("is stopped: let it continue with", Check(worker.Id).Refusal?.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WorkerThatHasExitedIsRefused()
    {
        PlainWorker worker = await PlainWorker.StartAsync(10);
        await worker.DisposeAsync();

        Assert.Equal($"process {worker.Id} has exited", Check(worker.Id).Refusal?.Reason);
    }

    [Fact]
    public async Task OtherUsersWorkerIsRefusedWithoutTheCapability()
    {
        // The worker is real; of ourselves the kernel would tell this if we were somebody else.
        await using PlainWorker worker = await PlainWorker.StartAsync(10);
        using var folder = new FakeWorker();
        folder.With(
            "proc/self/status",
            FakeWorker.Status(Environment.ProcessId, "heapdrift", uid: string.Join('\t', Enumerable.Repeat(SomebodyElse, 4))));
        string pid = worker.Id.ToString(CultureInfo.InvariantCulture);
        Directory.CreateSymbolicLink(folder.PathOf($"proc/{pid}"), $"/proc/{pid}");

        PreflightAnswer answer = new CopyOnWritePreflight(folder.Proc, TracingHost.Look()).Check(worker.Id, isDeclaredTracer: false);

        Assert.Contains($"and heapdrift as uid {SomebodyElse} without CAP_SYS_PTRACE", answer.Refusal?.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WorkerWithoutItsDacIsRefused()
    {
        using var copy = new WorkerFolder(9);
        File.Delete(copy.File(Dac));
        await using PlainWorker worker = await copy.StartAsync();

        Assert.StartsWith($"there is no /proc/{worker.Id}/root{copy.File(Dac)}:", Check(worker.Id).Refusal?.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WorkerWithTheDacOfAnotherRuntimeIsRefused()
    {
        using var copy = new WorkerFolder(9);
        File.Copy(Path.Join(Path.GetDirectoryName(RepositoryPaths.PlainWorker(8)), Dac), copy.File(Dac), overwrite: true);
        await using PlainWorker worker = await copy.StartAsync();

        string? reason = Check(worker.Id).Refusal?.Reason;

        Assert.Contains($"{Dac} is of version 8.0.", reason, StringComparison.Ordinal);
        Assert.Contains("of version 9.0.", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WorkerWhoseRuntimeWasReplacedIsRefused()
    {
        using var copy = new WorkerFolder(9);
        await using PlainWorker worker = await copy.StartAsync();
        Assert.True(Check(worker.Id).IsPossible);

        // As package managers do it: the new file takes the name of the old one.
        File.Copy(copy.File("libcoreclr.so"), copy.File("new"));
        File.Move(copy.File("new"), copy.File("libcoreclr.so"), overwrite: true);

        Assert.Contains("was replaced at", Check(worker.Id).Refusal?.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OtherProgramIsRefused()
    {
        await using var sleep = ChildProcess.Start(new ChildProcessStart("sleep", "60"));

        Assert.Contains("maps no libcoreclr.so", Check(sleep.Id).Refusal?.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void SystemCallFilterIsSeenAndItsAbsenceToo()
    {
        int? filtered = null;
        NativeThread.Run(() =>
        {
            NativeThread.FilterPtrace(error: 38);
            filtered = TracingHost.Look().PtraceFilterError;
        });

        Assert.Equal(38, filtered); // ENOSYS
        Assert.Null(TracingHost.Look().PtraceFilterError);
    }

    private static PreflightAnswer Check(int pid) =>
        new CopyOnWritePreflight(new ProcFileSystem(), TracingHost.Look()).Check(pid, isDeclaredTracer: false);

    /// <summary>A copy of a worker that brings its own runtime.</summary>
    private sealed class WorkerFolder : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("heapdrift-").FullName;
        private readonly string _program;

        public WorkerFolder(int major)
        {
            string original = RepositoryPaths.PlainWorker(major);
            _program = Path.GetFileName(original);
            foreach (string file in Directory.EnumerateFiles(Path.GetDirectoryName(original)!))
            {
                System.IO.File.Copy(file, File(Path.GetFileName(file)));
            }
        }

        public string File(string name) => Path.Join(_folder, name);

        public Task<PlainWorker> StartAsync() => PlainWorker.StartAsync(new ChildProcessStart(File(_program)));

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
