using System.Runtime.InteropServices;
using HeapDrift.Collector.Engines.CopyOnWrite;
using HeapDrift.Collector.Native;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Tests.Engines.CopyOnWrite;

/// <summary>Every sentence, from what the kernel would tell; <see cref="RealWorkerPreflightTests"/> has what a machine can show.</summary>
public sealed class CopyOnWritePreflightTests : IDisposable
{
    private const long Megabyte = 1L << 20;

    /// <summary>Of the fake worker of 1 GB: page tables 2 MB, fixed 8 MB, a tenth 107,374,182 bytes.</summary>
    private const long ExpectedCost = (2 * Megabyte) + (8 * Megabyte) + 107_374_182;

    private const string Root = "0\t0\t0\t0";

    private readonly FakeWorker _worker = new();

    public void Dispose() => _worker.Dispose();

    [Fact]
    public void WorkerThatNothingStandsAgainstGetsAPlan()
    {
        CopyOnWritePlan plan = _worker.Plan();

        Assert.Equal((42, "/app/libcoreclr.so"), (plan.Pid, plan.CoreClrPath));
        Assert.Equal(_worker.PathOf("proc/42/root/app/libmscordaccore.so"), plan.DacPath);
        Assert.Equal((1000u, 100u), (plan.Reader.Uid, plan.Reader.Gid));
        Assert.Equal([4, 100], plan.Reader.Groups);
        Assert.Equal(ExpectedCost, plan.ExpectedCostBytes);
    }

    [Fact]
    public void OtherMachineIsNamed()
    {
        _worker.Host = _worker.Host with { Architecture = Architecture.Arm64 };

        Assert.Equal("copy-on-write snapshots are made for x86-64 and this heapdrift runs on Arm64: use --engine eventpipe", _worker.Refusal());
    }

    [Theory]
    [InlineData(1, 3, "process 42 (shop) is a 32-bit program")]
    [InlineData(2, 183, "process 42 (shop) is a program for another processor (ELF machine 183)")]
    public void WorkerForAnotherMachineIsNamed(byte elfClass, byte machine, string reason) =>
        Assert.StartsWith(reason, _worker.WithExecutable(elfClass, machine).Refusal(), StringComparison.Ordinal);

    [Fact]
    public void TracerIsNamedWithItsCommand()
    {
        _worker.With("proc/42/status", FakeWorker.Status(42, "shop", state: "t (tracing stop)", tracer: 77)).With("proc/77/status", FakeWorker.Status(77, "gdb"));

        Assert.Equal(
            "process 42 (shop) is traced by process 77 (gdb), and a process has one tracer at most: detach that debugger or tracer first", _worker.Refusal());
    }

    [Fact]
    public void TracerThatIsHiddenIsNamedByItsNumber()
    {
        _worker.With("proc/42/status", FakeWorker.Status(42, "shop", tracer: 77));

        Assert.StartsWith("process 42 (shop) is traced by process 77, and", _worker.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void StoppedWorkerIsToldHowToContinue()
    {
        _worker.With("proc/42/status", FakeWorker.Status(42, "shop", state: "T (stopped)"));

        Assert.Equal("process 42 (shop) is stopped: let it continue with kill -CONT 42 first", _worker.Refusal());
    }

    [Theory]
    [InlineData("Z (zombie)")]
    [InlineData(null)]
    public void WorkerThatHasExitedIsToldAsSuch(string? state)
    {
        _ = state is null ? _worker.Without("proc/42/status") : _worker.With("proc/42/status", FakeWorker.Status(42, "shop", state));

        Assert.Equal(new CopyOnWriteRefusal(CaptureOutcome.WorkerExited, "process 42 has exited"), _worker.Check().Refusal);
    }

    [Theory]
    [InlineData("1001\t1001\t1001\t1001", "1001")]
    [InlineData("1000\t0\t1000\t0", "0")]
    [InlineData("1000\t1000\t0\t1000", "1000")] // The saved uid alone is enough for the kernel to refuse.
    public void OtherUserNeedsTheCapability(string uid, string effective)
    {
        _worker.With("proc/42/status", FakeWorker.Status(42, "shop", uid: uid));

        Assert.Equal(
            $"process 42 (shop) runs as uid {effective} and heapdrift as uid 1000 without CAP_SYS_PTRACE: run it as the worker's user, or as root with that capability",
            _worker.Refusal());
        _worker.With("proc/self/status", FakeWorker.Status(7, "heapdrift", effective: FakeWorker.SysPtraceAndIdentity)).Plan();
    }

    [Theory]
    [InlineData("00000000000800c0")] // Without CAP_KILL a copy cannot be ended before its reader has become its user.
    [InlineData("00000000000800a0")] // Without CAP_SETGID.
    [InlineData("0000000000080060")] // Without CAP_SETUID.
    public void OtherUsersIdentityNeedsThreeMore(string effective)
    {
        _worker.With("proc/42/status", FakeWorker.Status(42, "shop", uid: "1001\t1001\t1001\t1001")).With("proc/self/status", FakeWorker.Status(7, "heapdrift", effective: effective));

        Assert.Equal(
            "heapdrift may trace process 42 (shop) but not become its user (uid 1001, gid 100) to read it, and end what does: run it as the worker's user with the worker's capabilities, or with CAP_SETUID, CAP_SETGID and CAP_KILL too",
            _worker.Refusal());
        _worker.With("proc/self/status", FakeWorker.Status(7, "heapdrift", effective: FakeWorker.SysPtraceAndIdentity)).Plan();
    }

    [Theory]
    [InlineData("1000\t1000\t1000\t1000")]
    [InlineData("1001\t1001\t1001\t1001")]
    public void CapabilitiesThatWouldStayWithTheWorkersLibraryAreRefusedAndThoseOfRootAreNot(string uid)
    {
        _worker.With("proc/42/status", FakeWorker.Status(42, "shop", uid: uid))
            .With("proc/self/status", FakeWorker.Status(7, "heapdrift", permitted: FakeWorker.SysPtraceAndIdentity, effective: FakeWorker.SysPtraceAndIdentity));

        Assert.StartsWith("heapdrift runs as uid 1000 with capabilities that process 42 (shop) has not", _worker.Refusal(), StringComparison.Ordinal);
        _worker.With("proc/self/status", FakeWorker.Status(7, "heapdrift", uid: Root, permitted: FakeWorker.SysPtraceAndIdentity, effective: FakeWorker.SysPtraceAndIdentity)).Plan();
    }

    [Fact]
    public void RootThatHasLessThanOursIsReadByNobodyAndOneThatHasAllIsReadByRoot()
    {
        _worker.With("proc/self/status", FakeWorker.Status(7, "heapdrift", uid: Root, gid: Root, permitted: FakeWorker.SysPtraceAndIdentity, effective: FakeWorker.SysPtraceAndIdentity));

        ReaderIdentity less = _worker.With("proc/42/status", FakeWorker.Status(42, "shop", uid: Root, gid: Root, permitted: "0000000000000400")).Plan().Reader;
        ReaderIdentity all = _worker.With("proc/42/status", FakeWorker.Status(42, "shop", uid: Root, gid: Root, permitted: "00000000000804e0")).Plan().Reader;

        Assert.Equal((65534u, 65534u), (less.Uid, less.Gid));
        Assert.Empty(less.Groups);
        Assert.Equal((0u, 0u), (all.Uid, all.Gid));
    }

    [Fact]
    public void RootThatCannotBecomeNobodyIsToldSo()
    {
        _worker.With("proc/self/status", FakeWorker.Status(7, "heapdrift", uid: Root, gid: Root, permitted: FakeWorker.SysPtrace, effective: FakeWorker.SysPtrace))
            .With("proc/42/status", FakeWorker.Status(42, "shop", uid: Root, gid: Root));

        Assert.StartsWith("heapdrift may trace process 42 (shop) but not become nobody (uid 65534, gid 65534) to read it", _worker.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void OtherGroupNeedsTheCapability()
    {
        _worker.With("proc/42/status", FakeWorker.Status(42, "shop", gid: "100\t100\t50\t100"));

        Assert.StartsWith("process 42 (shop) runs with gid 100 and heapdrift with gid 100 without CAP_SYS_PTRACE", _worker.Refusal(), StringComparison.Ordinal);
        _worker.With("proc/self/status", FakeWorker.Status(7, "heapdrift", effective: FakeWorker.SysPtrace)).Plan();
    }

    [Fact]
    public void WorkerWithMoreCapabilitiesNeedsTheCapability()
    {
        // CAP_NET_BIND_SERVICE, number 10, as services have it that listen on port 80.
        _worker.With("proc/42/status", FakeWorker.Status(42, "shop", permitted: "0000000000000400"));

        Assert.Contains("has capabilities that heapdrift has not (mask 400)", _worker.Refusal(), StringComparison.Ordinal);
        _worker.With("proc/self/status", FakeWorker.Status(7, "heapdrift", permitted: "0000000000000400")).Plan();
    }

    [Fact]
    public void YamaZeroAllowsEverythingThatUidsAllow() => _worker.WithYama(0).Plan();

    [Fact]
    public void YamaOneAllowsWhoeverWasDeclaredOrIsCapable()
    {
        _worker.WithYama(1);

        Assert.StartsWith(
            "kernel.yama.ptrace_scope is 1 and process 42 (shop) neither descends from heapdrift nor declared it as its tracer",
            _worker.Refusal(),
            StringComparison.Ordinal);
        _worker.Plan(isDeclaredTracer: true);
        _worker.With("proc/self/status", FakeWorker.Status(7, "heapdrift", effective: FakeWorker.SysPtrace)).Plan();
    }

    [Theory]
    [InlineData(7, true)]
    [InlineData(1, false)]
    [InlineData(41, false)] // It is its own grandchild: pids were given away anew while they were read.
    public void YamaOneAllowsAncestors(int grandparent, bool isAllowed)
    {
        _worker.WithYama(1)
            .With("proc/42/status", FakeWorker.Status(42, "shop", parent: 41))
            .With("proc/41/status", FakeWorker.Status(41, "leader", parent: grandparent));

        Assert.Equal(isAllowed, _worker.Check().IsPossible);
    }

    [Fact]
    public void YamaTwoNeedsTheCapability()
    {
        _worker.WithYama(2);

        Assert.StartsWith("kernel.yama.ptrace_scope is 2", _worker.Refusal(isDeclaredTracer: true), StringComparison.Ordinal);
        _worker.With("proc/self/status", FakeWorker.Status(7, "heapdrift", effective: FakeWorker.SysPtrace)).Plan();
    }

    [Fact]
    public void YamaThreeForbidsEverybody()
    {
        _worker.WithYama(3).With("proc/self/status", FakeWorker.Status(7, "heapdrift", effective: FakeWorker.SysPtrace));

        Assert.StartsWith("kernel.yama.ptrace_scope is 3", _worker.Refusal(isDeclaredTracer: true), StringComparison.Ordinal);
    }

    [Fact]
    public void ProcessThatIsNotDumpableIsTold()
    {
        // A folder in the place of the file: .NET reports EISDIR as it reports EACCES, and root, whom no mode stops, sees it too.
        _worker.Without("proc/42/maps").With("proc/42/maps/x", "");

        Assert.Contains("it is not dumpable", _worker.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void FilteredSystemCallIsTold()
    {
        _worker.Host = _worker.Host with { PtraceFilterError = 1 };

        Assert.StartsWith(
            "system calls are filtered here and ptrace is among them (seccomp; Operation not permitted)", _worker.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void ProgramWithoutARuntimeLibraryIsTold() => Assert.StartsWith(
        "process 42 (shop) maps no libcoreclr.so: it is a single-file or NativeAOT program, for which no DAC exists",
        _worker.With("proc/42/maps", "7f00-7f01 r-xp 0 08:01 9 /app/shop\n").Refusal(),
        StringComparison.Ordinal);

    [Fact]
    public void RuntimeThatWasDeletedIsTold() => Assert.StartsWith(
        "the runtime of process 42 (shop) was replaced at /app/libcoreclr.so after the worker had started",
        _worker.WithMapping("/app/libcoreclr.so (deleted)").Refusal(),
        StringComparison.Ordinal);

    [Fact]
    public void RuntimeOfAnotherInodeIsTold()
    {
        FileId file = FileStatus.TryRead(_worker.PathOf("proc/42/root/app/libcoreclr.so"))!.File;

        _worker.WithMapping("/app/libcoreclr.so", $"{file.DeviceMajor:x2}:{file.DeviceMinor:x2} {file.Inode}").Plan();
        _worker.WithMapping("/app/libcoreclr.so", $"{file.DeviceMajor:x2}:{file.DeviceMinor:x2} {file.Inode + 1}");

        Assert.Contains("was replaced at", _worker.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void MissingDacIsTold() => Assert.StartsWith(
        $"there is no {_worker.PathOf("proc/42/root/app/libmscordaccore.so")}: publish the program of process 42 (shop) with it",
        _worker.Without("proc/42/root/app/libmscordaccore.so").Refusal(),
        StringComparison.Ordinal);

    [Fact]
    public void DacOfAnotherBuildIsTold() => Assert.Contains(
        $"is of version 9.0.2026.1 and the runtime of process 42 (shop) of version {FakeWorker.Version}",
        _worker.WithLibrary("libmscordaccore.so", "9.0.2026.1").Refusal(),
        StringComparison.Ordinal);

    [Fact]
    public void DacWithoutAVersionIsForeign() => Assert.Contains(
        "is of version unknown", _worker.With("proc/42/root/app/libmscordaccore.so", "garbage").Refusal(), StringComparison.Ordinal);

    [Fact]
    public void RuntimeWithoutAVersionIsTold() => Assert.StartsWith(
        "the runtime of process 42 (shop) carries no version",
        _worker.With("proc/42/root/app/libcoreclr.so", "garbage").Refusal(),
        StringComparison.Ordinal);

    [Fact]
    public void RootThatCannotBeEnteredIsTold()
    {
        Directory.Delete(_worker.PathOf("proc/42/root"), recursive: true);

        Assert.StartsWith("the file system of process 42 (shop) cannot be entered through", _worker.Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8, "8")]
    [InlineData(7, "7\t1")] // The mount shows an ancestor namespace in which the number happens to be the same.
    public void ProcOfAnotherPidNamespaceIsTold(int pid, string namespacePids)
    {
        _worker.With("proc/self/status", FakeWorker.Status(pid, "heapdrift", namespacePids: namespacePids));

        Assert.StartsWith("the /proc that is mounted here belongs to another pid namespace", _worker.Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void WorkerInAPidNamespaceBelowOursIsNoObstacle() =>
        _worker.With("proc/42/status", FakeWorker.Status(42, "shop", namespacePids: "42\t1")).Plan();

    [Fact]
    public void CopyThatDoesNotFitIntoTheContainerIsRefused()
    {
        // Free 200 MB of 2,000 MB; cost 112.4 MB and reserve max(32, 2,000 / 50 = 40) fit. With 150 MB free they do not.
        _worker.WithGroup(limitMegabytes: 2000, currentMegabytes: 1800).Plan();
        _worker.WithGroup(limitMegabytes: 2000, currentMegabytes: 1850);

        Assert.Equal(
            "a copy of process 42 (shop) may need 112 MB and 40.0 MB must stay free, but its control group has 150 MB left of 2.0 GB: raise the container's memory limit, or use --engine eventpipe",
            _worker.Refusal());
    }

    [Fact]
    public void PageCacheThatNobodyUsesIsRoom() => _worker.WithGroup(limitMegabytes: 2000, currentMegabytes: 1999, idleCacheMegabytes: 300).Plan();

    [Fact]
    public void MachineThatIsFullIsRefusedWhateverTheLimit()
    {
        // 2 % of 32,000 MB are 640 MB.
        _worker.WithGroup(limitMegabytes: 30_000, currentMegabytes: 1000).WithMeminfo(availableMegabytes: 700);

        Assert.Equal(
            "a copy of process 42 (shop) may need 112 MB and 640 MB must stay free, but the machine has 700 MB left: free memory, or use --engine eventpipe",
            _worker.Refusal());
    }

    [Fact]
    public void MalformedKernelFileIsARefusalAndNotAnException() =>
        Assert.Contains("cannot be read", _worker.WithYama(9).Refusal(), StringComparison.Ordinal);
}
