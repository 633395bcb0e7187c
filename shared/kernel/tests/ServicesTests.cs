namespace PvExec.Kernel.Tests;

public sealed class ServicesTests
{
    [Fact]
    public void Every_service_is_listed_where_its_number_says() =>
        Assert.Equal(Enum.GetValues<Service>(), Services.All);

    [Fact]
    public void Every_service_is_found_by_its_name()
    {
        foreach (Service service in Services.All)
        {
            Assert.Equal(service, Services.Parse(service.Name()));
            Assert.Equal("pv-" + service.Name(), service.Program());
        }
    }

    [Theory]
    [InlineData("init")]
    [InlineData("Exec")]
    [InlineData("")]
    public void Another_name_is_no_service(string name) => Assert.Null(Services.Parse(name));
}
