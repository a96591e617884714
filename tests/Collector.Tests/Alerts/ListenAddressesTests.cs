using HeapDrift.Collector.Alerts;

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
}
