using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Profiling.Tests.Proc;

/// <summary>Against the kernel that runs the tests; the process under test is this one, or a child of it.</summary>
public sealed class RealProcTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly ProcFileSystem _files = new();

    [Fact]
    public void OwnMemoryIsReadAndItsKindsAddUp()
    {
        SmapsRollup rollup = _files.TryReadSmapsRollup(Environment.ProcessId).Value!;
        MemoryReading reading = rollup.ToReading();

        Assert.InRange(reading.PssBytes, 1, reading.RssBytes);
        Assert.InRange(reading.PrivateBytes, 1, reading.RssBytes);
        Assert.Equal(reading.PssBytes, reading.Categories["anon"] + reading.Categories["file"] + reading.Categories["shmem"]);

        // The kernel rounds three numbers down to kB, so it is short of the sum by less than 3 kB.
        long kinds = rollup.PssAnonBytes!.Value + rollup.PssFileBytes!.Value + rollup.PssShmemBytes!.Value;
        Assert.InRange(rollup.PssBytes - kinds, 0, 2 * 1024);
    }

    [Fact]
    public void OwnStatusTellsThisProcess()
    {
        ProcessStatus status = _files.TryReadStatus(Environment.ProcessId).Value!;

        Assert.Equal(Environment.ProcessId, status.Pid);
        Assert.InRange(status.Threads, 2, int.MaxValue);
        Assert.NotEqual(0ul, status.CaughtSignals); // The runtime itself catches SIGSEGV.
        Assert.Contains(Environment.ProcessId, _files.EnumeratePids());
    }

    [Fact]
    public void HandlerForUsr2IsSeenFromOutside()
    {
        using (PosixSignalRegistration.Create((PosixSignal)12, context => context.Cancel = true))
        {
            Assert.Equal(SignalDisposition.Caught, _files.TryReadStatus(Environment.ProcessId).Value!.Usr2);
        }

        Assert.NotEqual(SignalDisposition.Caught, _files.TryReadStatus(Environment.ProcessId).Value!.Usr2);
    }

    [Fact]
    public void ProcessWithoutHandlerWouldDieOfUsr2() => Assert.Equal(SignalDisposition.Default, Usr2OfSleepAfter(""));

    [Fact]
    public void ProcessStartedWithUsr2IgnoredIsTold() => Assert.Equal(SignalDisposition.Ignored, Usr2OfSleepAfter("trap '' USR2;"));

    [Fact]
    public void ZombieIsReportedAsGone() => WithShell("sleep 0.2 & echo $!; exec sleep 60", parent =>
    {
        // Nobody waits for the shell's child: exec replaced the shell before the child ended.
        int zombie = int.Parse(parent.StandardOutput.ReadLine()!, CultureInfo.InvariantCulture);
        Assert.True(SpinWait.SpinUntil(() => _files.TryReadStatus(zombie).Value?.HasExited == true, Deadline));

        Assert.Equal(ProcAbsence.Gone, _files.TryReadSmapsRollup(zombie).Absence);
        Assert.Null(_files.TryReadEntryAssemblyName(zombie));
        Assert.NotNull(_files.TryReadStartTime(zombie));
        Assert.False(_files.TryFindRuntimeVersion(zombie).Value?.IsMapped ?? false);
    });

    [Fact]
    public void OwnRuntimeIsFoundByItsVersion()
    {
        CoreClrMapping mapping = _files.TryFindRuntimeVersion(Environment.ProcessId).Value!;

        Assert.True(mapping.IsMapped);
        Assert.Equal(Environment.Version.ToString(3), mapping.RuntimeVersion?.Split('-')[0]);
    }

    [Fact]
    public void StartTimeStaysTheSameAndDiffersFromThatOfTheFirstProcess()
    {
        long? first = _files.TryReadStartTime(Environment.ProcessId);

        Assert.NotNull(first);
        Assert.Equal(first, _files.TryReadStartTime(Environment.ProcessId));
        Assert.NotEqual(first, _files.TryReadStartTime(1));
    }

    [Fact]
    public void OwnHeadroomIsNeverMoreThanTheLimit()
    {
        // Whether there is a limit depends on the machine.
        CgroupMemory? memory = _files.TryReadMemory(Environment.ProcessId);

        Assert.True(memory?.HeadroomBytes is null || memory.HeadroomBytes <= memory.LimitBytes);
    }

    private SignalDisposition Usr2OfSleepAfter(string preparation)
    {
        var disposition = SignalDisposition.Caught;
        WithShell($"{preparation} exec sleep 60", child =>
        {
            Assert.True(SpinWait.SpinUntil(() => _files.TryReadEntryAssemblyName(child.Id) == "sleep", Deadline));
            disposition = _files.TryReadStatus(child.Id).Value!.Usr2;
        });
        return disposition;
    }

    private static void WithShell(string script, Action<Process> act)
    {
        using Process child = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script]) { RedirectStandardOutput = true })!;
        try
        {
            act(child);
        }
        finally
        {
            child.Kill();
            child.WaitForExit();
        }
    }
}
