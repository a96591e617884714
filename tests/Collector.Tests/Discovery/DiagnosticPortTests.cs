using System.Net.Sockets;
using HeapDrift.Collector.Discovery;
using HeapDrift.Profiling.Proc;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Discovery;

/// <summary>Where runtimes connect to the agent, and whoever else finds the socket.</summary>
public sealed class DiagnosticPortTests : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("heapdrift-test-");
    private readonly ProcFileSystem _proc = new();
    private readonly List<string> _complaints = [];
    private DiagnosticPort? _port;

    private string Path => System.IO.Path.Join(_folder.FullName, "port");

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task ARuntimeComesBackToAnAgentThatWasStartedAgain()
    {
        await StartAsync();
        await using PlainWorker worker = await StartWorkerAsync();
        await ConnectedAsync(worker);
        await StopAsync();
        Assert.False(File.Exists(Path));

        await StartAsync();

        await ConnectedAsync(worker);
        await worker.CollectAsync();
    }

    [Fact]
    public async Task AWorkerThatHasEndedCannotBeAskedAnyMore()
    {
        await StartAsync();
        await using PlainWorker worker = await StartWorkerAsync();
        string socket = await ConnectedAsync(worker);
        long start = _proc.TryReadStartTime(worker.Id)!.Value;

        await worker.ExitAsync();
        await using PlainWorker next = await StartWorkerAsync();
        await ConnectedAsync(next);

        Assert.Null(_port!.SocketOf(worker.Id, start));
        Assert.False(File.Exists(socket));
    }

    /// <summary>It says whatever it wants of itself; the kernel says which process it is, and only that one is affected.</summary>
    [Fact]
    public async Task WhoeverElseConnectsKeepsNoRuntimeAway()
    {
        await StartAsync();
        List<Socket> strangers = [];
        for (int stranger = 0; stranger < 50; stranger++)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path), TestContext.Current.CancellationToken);
            await socket.SendAsync(stranger % 2 == 0 ? "GET / HTTP/1.1\r\nHost: a-name-that-fills-the-message\r\n\r\n"u8.ToArray() : "ADVR"u8.ToArray(), TestContext.Current.CancellationToken);
            strangers.Add(socket);
        }

        await using PlainWorker worker = await StartWorkerAsync();

        await ConnectedAsync(worker);
        Assert.Null(_port!.SocketOf(Environment.ProcessId, _proc.TryReadStartTime(Environment.ProcessId)!.Value));
        strangers.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public async Task APortThatAnotherAgentListensOnIsNotTakenFromIt()
    {
        await StartAsync();
        using var second = new DiagnosticPort(new DiscoveryOptions { DiagnosticPort = Path }, _folder.CreateSubdirectory("second").FullName, _proc, TimeProvider.System, _complaints.Add);

        IOException refused = await Assert.ThrowsAsync<IOException>(() => second.StartAsync(TestContext.Current.CancellationToken));

        Assert.Contains("is in use: does another agent run?", refused.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(Path));
    }

    [Fact]
    public async Task WhatAKilledAgentLeftBehindIsReplacedAndAFileIsNot()
    {
        using (var killed = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            killed.Bind(new UnixDomainSocketEndPoint(Path + "-old"));
            File.Move(Path + "-old", Path);
        }

        await StartAsync();
        await StopAsync();
        await File.WriteAllTextAsync(Path, "precious", TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<IOException>(StartAsync);
        Assert.Equal("precious", await File.ReadAllTextAsync(Path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task AFolderWhosePathIsTooLongForSocketsIsNamed()
    {
        using var port = new DiagnosticPort(new DiscoveryOptions { DiagnosticPort = Path }, "/tmp/" + new string('x', 80), _proc, TimeProvider.System, _complaints.Add);

        IOException refused = await Assert.ThrowsAsync<IOException>(() => port.StartAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith("HeapDrift:Captures:OutputDirectory is too long", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("ADVR_V1\0")]
    [InlineData("ADVR_V2\00123456789012345678901234567890")]
    public void WhatIsNoAdvertisementIsRefused(string message) =>
        Assert.Throws<InvalidDataException>(() => Advertisement.Parse(System.Text.Encoding.ASCII.GetBytes(message)));

    private Task StartAsync()
    {
        _port = new DiagnosticPort(new DiscoveryOptions { DiagnosticPort = Path }, _folder.FullName, _proc, TimeProvider.System, _complaints.Add);
        return _port.StartAsync(CancellationToken.None);
    }

    private async Task StopAsync()
    {
        if (_port is not null)
        {
            await _port.StopAsync(CancellationToken.None);
            _port.Dispose();
        }
    }

    private Task<PlainWorker> StartWorkerAsync() => PlainWorker.StartAsync(new ChildProcessStart(RepositoryPaths.PlainWorker(10))
    {
        Environment = new Dictionary<string, string?> { ["DOTNET_DiagnosticPorts"] = Path, ["TMPDIR"] = _folder.FullName },
    });

    private Task<string> ConnectedAsync(PlainWorker worker) => Eventually.ValueAsync(
        () => _port!.SocketOf(worker.Id, _proc.TryReadStartTime(worker.Id)!.Value), Deadline, "the runtime is connected");
}
