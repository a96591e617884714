using HeapDrift.Collector.Alerts;
using Microsoft.Extensions.Configuration;

namespace HeapDrift.Collector.Tests.Alerts;

public sealed class ListenAddressesTests
{
    [Theory]
    [InlineData("http://127.0.0.1:9464", false)]
    [InlineData("http://localhost:9464;http://[::1]:9464", false)]
    [InlineData("http://unix:/run/heapdrift.sock", false)]
    [InlineData("http://0.0.0.0:9464", true)]
    [InlineData("http://[::]:9464", true)]
    [InlineData("http://*:9464", true)]
    [InlineData("http://+:9464", true)]
    [InlineData("http://10.0.0.7:9464", true)]
    [InlineData("http://agent.example:9464", true)]
    [InlineData("http://127.0.0.1:9464; http://10.0.0.7:9464", true)]
    public void OnlyLoopbackIsAmongOurselves(string urls, bool expected) => Assert.Equal(expected, ListenAddresses.AreBeyondLoopback(urls));

    [Theory]
    [InlineData("preset")]
    [InlineData("preset", "urls", "")]
    [InlineData("http://a", "urls", "http://a")]
    [InlineData("http://b;http://c", "urls", "http://a", "Kestrel:Endpoints:One:Url", "http://b", "Kestrel:Endpoints:Two:Url", "http://c")]
    public void WhatTheServerListensOnIsWhatCounts(string expected, params string[] settings)
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Chunk(2).Select(setting => KeyValuePair.Create<string, string?>(setting[0], setting[1])))
            .Build();

        Assert.Equal(expected, ListenAddresses.Of(configuration, "preset"));
    }
}
