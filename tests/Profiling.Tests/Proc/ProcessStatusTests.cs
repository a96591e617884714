using HeapDrift.Profiling.Proc;

namespace HeapDrift.Profiling.Tests.Proc;

public sealed class ProcessStatusTests
{
    [Fact]
    public void StatusTellsWhoTheProcessIs()
    {
        ProcessStatus status = ProcessStatus.Parse(KernelText.Status(), "status");

        Assert.Equal("shop", status.Name);
        Assert.Equal('S', status.State);
        Assert.Equal(42, status.Pid);
        Assert.Equal(1, status.ParentPid);
        Assert.Equal(new CredentialIds(1000, 1001, 1002), status.Uid);
        Assert.Equal(new CredentialIds(100, 101, 102), status.Gid);
        Assert.Equal([4, 27, 1000], status.Groups);
        Assert.Equal(0x80001ul, status.PermittedCapabilities);
        Assert.Equal(0x80000ul, status.EffectiveCapabilities);
        Assert.Equal(42, status.ThreadGroupPid);
        Assert.Equal(29, status.Threads);
        Assert.Equal(2048 * 1024, status.RssBytes);
        Assert.False(status.IsTraced);
        Assert.False(status.HasExited);
    }

    [Fact]
    public void PidInsideTheContainerIsTheLastOfItsNamespacePids() =>
        Assert.Equal(7, ProcessStatus.Parse(KernelText.Status(), "status").NamespacePid);

    [Fact]
    public void EveryPidAfterTheFirstIsANamespaceFurtherDown()
    {
        Assert.Equal(1, ProcessStatus.Parse(KernelText.Status(), "status").NamespaceDepth);
        Assert.Equal(0, ProcessStatus.Parse(KernelText.Status(extra: "NSpid:\t42\n"), "status").NamespaceDepth);
        Assert.Equal(0, ProcessStatus.Parse(KernelText.Status(extra: ""), "status").NamespaceDepth);
    }

    [Fact]
    public void ProcessNeedNotHaveSupplementaryGroups() =>
        Assert.Empty(ProcessStatus.Parse(KernelText.Status(groups: ""), "status").Groups);

    [Fact]
    public void KernelWithoutNamespacesGivesThePidItself() =>
        Assert.Equal(42, ProcessStatus.Parse(KernelText.Status(extra: ""), "status").NamespacePid);

    [Fact]
    public void ZombieHasExitedAndHasNoMemory()
    {
        ProcessStatus status = ProcessStatus.Parse(KernelText.Status(state: "Z (zombie)", extra: ""), "status");

        Assert.True(status.HasExited);
        Assert.Null(status.RssBytes);
    }

    [Fact]
    public void CaughtUsr2IsSafe() =>
        Assert.Equal(SignalDisposition.Caught, ProcessStatus.Parse(KernelText.Status(caught: "0000000000000800"), "status").Usr2);

    [Fact]
    public void IgnoredUsr2IsLost() =>
        Assert.Equal(SignalDisposition.Ignored, ProcessStatus.Parse(KernelText.Status(ignored: "0000000000000800"), "status").Usr2);

    [Theory]
    [InlineData(KernelText.NoSignals)]
    [InlineData("fffffffffffff7ff")] // Every signal but 12.
    [InlineData("0000000000001400")] // Its neighbours 11 and 13.
    public void Usr2ThatNobodyCatchesOrIgnoresWouldEndTheProcess(string others) =>
        Assert.Equal(SignalDisposition.Default, ProcessStatus.Parse(KernelText.Status(caught: others, ignored: others), "status").Usr2);

    [Theory]
    [InlineData(@"a\nb", "a\nb")]
    [InlineData(@"a\\b", @"a\b")]
    [InlineData(@"a\\nb", @"a\nb")] // A backslash and an n, not a line feed.
    [InlineData(@"\\\n", "\\\n")]
    [InlineData(@"tab\t", @"tab\t")]
    [InlineData("a: (b) c", "a: (b) c")]
    [InlineData("", "")]
    public void NameIsUnescapedAsTheKernelEscapedIt(string written, string name) =>
        Assert.Equal(name, ProcessStatus.Parse(KernelText.Status(written), "status").Name);

    [Fact]
    public void NameWithACarriageReturnCannotPretendToBeALine() =>
        Assert.Equal(SignalDisposition.Default, ProcessStatus.Parse(KernelText.Status("x\rSigCgt:\t800"), "status").Usr2);

    [Theory]
    [InlineData("Pid:\t42", "Pid:\tx", "line 5: expected a number for Pid, found 'x'")]
    [InlineData("Pid:\t42", "Pid:\t4294967296", "line 5: expected a number for Pid, found '4294967296'")]
    [InlineData("Uid:\t1000\t1001\t1002\t1003", "Uid:\t1000", "line 8: expected numbers for Uid, found '1000'")]
    [InlineData("Uid:\t1000", "Uid:\t-1", "line 8: expected numbers for Uid")]
    [InlineData("NSpid:\t42\t7", "NSpid:\t", "line 11: expected numbers for NSpid, found ''")]
    [InlineData("NSpid:\t42\t7", "NSpid:\t4294967295", "line 11: expected pids for NSpid")]
    [InlineData("State:\tS (sleeping)", "State:\t", "line 3: expected a letter for State, found ''")]
    [InlineData("SigCgt:\t0", "SigCgt:\tg", "line 16: expected 16 hexadecimal digits for SigCgt")]
    [InlineData("SigCgt:", "Sig:", "line 20: expected SigCgt, found the end of the file")]
    public void MalformedStatusNamesFileLineAndExpectation(string good, string bad, string message)
    {
        string text = KernelText.Status().Replace("\n" + good, "\n" + bad, StringComparison.Ordinal);

        var error = Assert.Throws<InvalidDataException>(() => ProcessStatus.Parse(text, "/proc/42/status"));

        Assert.StartsWith("/proc/42/status, " + message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EmptyStatusIsMalformed() => Assert.Throws<InvalidDataException>(() => ProcessStatus.Parse("", "status"));
}
