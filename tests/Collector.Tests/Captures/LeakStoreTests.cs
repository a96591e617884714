using HeapDrift.Collector.Captures;
using HeapDrift.Profiling.Diff;
using HeapDrift.TestKit;

namespace HeapDrift.Collector.Tests.Captures;

public sealed class LeakStoreTests
{
    [Fact]
    public async Task WhatIsRememberedIsReadAgain()
    {
        using var folder = new TemporaryFolder();

        Assert.Null(await Store(folder).RememberAsync(known => known with { Leaks = [Leak("a")] }));

        Assert.Equal("a", Assert.Single(Store(folder).Read().Leaks).Fingerprint);
    }

    [Fact]
    public async Task ManyWritersLoseNothing()
    {
        using var folder = new TemporaryFolder();

        string?[] complaints = await Task.WhenAll(Enumerable.Range(0, 8).Select(number =>
            Task.Run(() => Store(folder).RememberAsync(known => known with { Leaks = [.. known.Leaks, Leak($"{number}")] }))));

        Assert.All(complaints, Assert.Null);
        Assert.Equal(8, Store(folder).Read().Leaks.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("""{"schemaVersion":2,"leaks":[]}""")]
    [InlineData("""{"schemaVersion":1,"leaks":null}""")]
    [InlineData("""{"schemaVersion":1,"leaks":[null]}""")]
    [InlineData("""{"schemaVersion":1,"leaks":[{"fingerprint":null,"service":"shop","firstSeen":"2026-01-01T00:00:00Z","lastSeen":"2026-01-01T00:00:00Z","versions":[]}]}""")]
    [InlineData("""{"schemaVersion":1,"leaks":[{"fingerprint":"a","service":null,"firstSeen":"2026-01-01T00:00:00Z","lastSeen":"2026-01-01T00:00:00Z","versions":[]}]}""")]
    [InlineData("""{"schemaVersion":1,"leaks":[{"fingerprint":"a","service":"shop","firstSeen":"2026-01-01T00:00:00Z","lastSeen":"2026-01-01T00:00:00Z","versions":null}]}""")]
    [InlineData("""{"schemaVersion":1,"leaks":[{"fingerprint":"a","service":"shop","firstSeen":"2026-01-01T00:00:00Z","lastSeen":"2026-01-01T00:00:00Z","versions":[null]}]}""")]
    public async Task WhatCannotBeReadIsSetAsideAndNotWrittenOver(string content)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File(LeakStore.FileName);
        await File.WriteAllTextAsync(path, content, TestContext.Current.CancellationToken);

        Assert.Empty(Store(folder).Read().Leaks);
        string? said = await Store(folder).RememberAsync(Add("a"));

        Assert.Contains($"set aside as {path}.unreadable", said, StringComparison.Ordinal);
        Assert.Equal("a", Assert.Single(Store(folder).Read().Leaks).Fingerprint);
        Assert.Equal(content, await File.ReadAllTextAsync($"{path}.unreadable", TestContext.Current.CancellationToken));
        Assert.Null(await Store(folder).RememberAsync(Add("b")));
    }

    [Fact]
    public async Task AFileThatIsTooLargeIsSetAsideAndNotRead()
    {
        const long TooLarge = (16 << 20) + 1;
        using var folder = new TemporaryFolder();
        string path = folder.File(LeakStore.FileName);
        await using (FileStream file = File.Create(path))
        {
            file.SetLength(TooLarge);
        }

        Assert.Empty(Store(folder).Read().Leaks);
        string? said = await Store(folder).RememberAsync(Add("a"));

        Assert.Contains("16.0 MB", said, StringComparison.Ordinal);
        Assert.Single(Store(folder).Read().Leaks);
        Assert.Equal(TooLarge, new FileInfo($"{path}.unreadable").Length);
    }

    [Fact]
    public async Task WhatWasSetAsideEarlierIsKeptToo()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File(LeakStore.FileName);
        foreach (string content in (string[])["first", "second"])
        {
            await File.WriteAllTextAsync(path, content, TestContext.Current.CancellationToken);
            Assert.Contains("set aside", await Store(folder).RememberAsync(Add("a")), StringComparison.Ordinal);
        }

        Assert.Equal("first", await File.ReadAllTextAsync($"{path}.unreadable", TestContext.Current.CancellationToken));
        Assert.Equal("second", await File.ReadAllTextAsync($"{path}.unreadable-2", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task WhereThereIsNoRoomToSetAsideNothingIsWrittenOver()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File(LeakStore.FileName);
        for (int time = 0; time < 20; time++)
        {
            await File.WriteAllTextAsync(path, $"{time}", TestContext.Current.CancellationToken);
            Assert.NotNull(await Store(folder).RememberAsync(Add("a")));
        }

        Assert.Equal("19", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        Assert.Contains("cannot be remembered", await Store(folder).RememberAsync(Add("a")), StringComparison.Ordinal);
    }

    /// <summary>A folder in its place, because no permission is refused to root.</summary>
    [Fact]
    public async Task WhatTheSystemDoesNotLetReadStaysWhereItIsAndIsSaid()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File(LeakStore.FileName);
        Directory.CreateDirectory(path);

        Assert.Empty(Store(folder).Read().Leaks);
        Assert.Contains("cannot be remembered", await Store(folder).RememberAsync(Add("a")), StringComparison.Ordinal);

        Assert.True(Directory.Exists(path));
    }

    [Fact]
    public async Task AFolderThatIsGoneIsSaidAndNoFailure()
    {
        using var folder = new TemporaryFolder();
        var store = new LeakStore(Path.Join(folder.Path, "gone"), TimeProvider.System);

        Assert.Empty(store.Read().Leaks);
        Assert.Contains("cannot be remembered", await store.RememberAsync(known => known), StringComparison.Ordinal);
    }

    private static LeakStore Store(TemporaryFolder folder) => new(folder.Path, TimeProvider.System);

    private static Func<LeakMemory, LeakMemory> Add(string fingerprint) => known => known with { Leaks = [.. known.Leaks, Leak(fingerprint)] };

    private static RememberedLeak Leak(string fingerprint) => new()
    {
        Fingerprint = fingerprint,
        Service = "shop",
        FirstSeen = DateTimeOffset.UnixEpoch,
        LastSeen = DateTimeOffset.UnixEpoch,
        Versions = [],
    };
}
