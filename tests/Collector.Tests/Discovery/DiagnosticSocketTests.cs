using HeapDrift.Collector.Discovery;

namespace HeapDrift.Collector.Tests.Discovery;

/// <summary>A process that was killed leaves its socket behind, and pids come round again.</summary>
public sealed class DiagnosticSocketTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("heapdrift-test-").FullName;

    public DiagnosticSocketTests()
    {
        File.WriteAllText(Path.Join(_folder, "dotnet-diagnostic-42-794692-socket"), "");
        File.WriteAllText(Path.Join(_folder, "dotnet-diagnostic-42-2000548-socket"), "");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void OfTwoSocketsOfOnePidTheLaterStartedIsTaken() =>
        Assert.Equal(Path.Join(_folder, "dotnet-diagnostic-42-2000548-socket"), DiagnosticSocket.FindNewest(42, 42, _folder, startedAt: null));

    [Fact]
    public void ASocketThatIsOlderThanTheProcessIsNotTaken()
    {
        DateTimeOffset startedAt = TimeProvider.System.GetUtcNow();
        Array.ForEach(Directory.GetFiles(_folder), socket => File.SetLastWriteTimeUtc(socket, startedAt.UtcDateTime.AddMinutes(-1)));

        Assert.Null(DiagnosticSocket.FindNewest(42, 42, _folder, startedAt));
        Assert.NotNull(DiagnosticSocket.FindNewest(42, 42, _folder, startedAt.AddHours(-1)));
    }

    [Fact]
    public void TheSocketOfAnEarlierProcessIsNotItsOwn()
    {
        Assert.Equal(Path.Join(_folder, "dotnet-diagnostic-42-794692-socket"), DiagnosticSocket.FindOwn(42, 42, 794692, _folder));
        Assert.Null(DiagnosticSocket.FindOwn(42, 42, 794693, _folder));
    }
}
